import { expect, test } from "vitest";
import { childOf, readXml } from "./index.ts";

const limits = { depthMax: 5, elementsMax: 10 };

test("names are resolved, texts joined, and children found by namespace", () => {
  const read = readXml(
    '\uFEFF<?xml version="1.0" encoding="utf-8"?><a xmlns="urn:1" xmlns:p="urn:2" k="v">x<b>1</b><p:b>2&amp;<![CDATA[<3>]]></p:b></a>',
    limits,
  );
  if (!("tree" in read)) throw new Error(read.fault);
  expect(read.tree).toMatchObject({ name: "a", namespace: "urn:1", attributes: { k: "v" }, text: "x" });
  expect(childOf(read.tree, "b", "urn:2")?.text).toBe("2&<3>");
  expect(childOf(read.tree, "c", "urn:2")).toBeUndefined();
});

test.each([
  ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "doctype"],
  ['<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>', "doctype"],
  ["<a>&unknown;</a>", "not-well-formed"],
  ["<a><b></a>", "not-well-formed"],
  ["", "not-well-formed"],
  ["<a/><b/>", "not-well-formed"],
  ['<?xml version="1.0" encoding="utf-16"?><a/>', "not-utf-8"],
  [`${"<a>".repeat(6)}${"</a>".repeat(6)}`, "too-deep"],
  [`<a>${"<b/>".repeat(10)}</a>`, "too-many"],
])("%s is refused", (text, fault) => {
  expect(readXml(text, limits)).toEqual({ fault });
});
