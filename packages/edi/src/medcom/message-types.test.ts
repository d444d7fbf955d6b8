import { expect, test } from "vitest";
import { parseCsv } from "../testing/csv.ts";
import { referenceText, whenReference } from "../testing/reference.ts";
import { findMessageType, messageTypes, twinOf } from "./message-types.ts";

whenReference("holds every row of the national list and marks exactly those as listed", () => {
  const rows = parseCsv(referenceText("codes/medcom-message-definitions.csv"));
  expect(rows).toHaveLength(112);
  const listed = messageTypes.filter((type) => type.listed || type.urn.endsWith(":hospitalnotification:3.0"));
  expect(listed.map((type) => type.urn).sort()).toEqual(rows.map((row) => row.uri).sort());
  for (const row of rows) {
    const type = findMessageType(row.uri ?? "");
    expect(type?.format, row.uri).toBe(
      row.code_system === "NHR_RootNamespace" ? type?.format : row.format === "SBDH" ? "other" : row.format,
    );
    if (row.message_type) {
      expect([type?.unhType, type?.code, type?.version]).toEqual([
        row.edifact_unh_type,
        row.message_type,
        row.version_code,
      ]);
    }
  }
});

whenReference("keeps the Danish name of the national list for every EDIFACT message", () => {
  const rows = parseCsv(referenceText("codes/medcom-message-definitions.csv"));
  const differing = rows.filter((row) => {
    const type = findMessageType(row.uri ?? "");
    return row.format === "EDIFACT" && type?.nameDa.toLowerCase() !== row.name_da?.toLowerCase();
  });
  // Corrected here: one typing error and two missing hyphens of the list.
  expect(differing.map((row) => row.message_type)).toEqual(["CTL01", "DIS90"]);
});

whenReference("knows every type and version that MedCom's XML schemas define", () => {
  const rows = parseCsv(referenceText("codes/medcom-xml-letters.csv"));
  const receiptCodes: Record<string, string> = { XC0130Q: "XCTL01", XC0230Q: "XCTL02", XC0330Q: "XCTL03" };
  for (const row of rows) {
    const code = row.type_code || receiptCodes[row.version_code ?? ""];
    expect(findMessageType(code ?? "", row.version_code), `${code} ${row.version_code}`).toBeDefined();
  }
});

test("every URN is unique and every reference between entries leads to an entry", () => {
  expect(new Set(messageTypes.map((type) => type.urn)).size).toBe(messageTypes.length);
  for (const type of messageTypes) {
    expect(findMessageType(type.urn)).toBe(type);
    if (type.status === "superseded")
      expect(findMessageType(type.supersededBy ?? "")?.status).toBe("current");
    const twin = twinOf(type);
    if (twin) expect(twinOf(twin)).toBe(type);
  }
});

test("names begin with a capital letter in both languages", () => {
  for (const type of messageTypes) {
    expect(type.nameDa, type.urn).toMatch(/^[A-ZÆØÅ]/);
    expect(type.nameEn, type.urn).toMatch(/^[A-ZÆØÅ]/);
  }
});

test("a code without version gives the current version, with version that version", () => {
  expect(findMessageType("DIS01")?.version).toBe("D0134L");
  expect(findMessageType("dis01", "d0133l")?.status).toBe("superseded");
  expect(findMessageType("XRPT01")?.version).toBe("XR0131K");
  expect(findMessageType("XRPT02")?.version).toBe("XR0230M");
  expect(findMessageType("DIS01", "D9999L")).toBeUndefined();
  expect(findMessageType("homecareobservation-message")?.version).toBe("1.2");
  expect(findMessageType("FDIS91")).toBe(findMessageType("care-communication-message"));
});

test.each([
  ["DIS16", "D1630C", "XD1634C"],
  ["REF06", "H0631R", "XH0630R"],
  ["DAO01", "A0138Z", "XA0140Z"],
  ["DIS01", "D0133L", "XD0133L"],
  ["DIS32", "D3233L", "XD3234L"],
])("the XML twin of %s %s is %s", (code, version, xmlVersion) => {
  const type = findMessageType(code, version);
  expect(type && twinOf(type)?.version).toBe(xmlVersion);
});

test("the older versions that occur in traffic are known and lead to the current version", () => {
  const old = [
    "DIS01 D0133L",
    "REF01 H0130R",
    "RPT01 R0130K",
    "RPT04 R0430P",
    "REQ01 Q0130K",
    "BIN01 B0130X",
    "REF07 H0731R",
  ];
  for (const [code, version] of old.map((entry) => entry.split(" "))) {
    expect(findMessageType(code ?? "", version)?.supersededBy).toBe(findMessageType(code ?? "")?.urn);
  }
});

test("messages are answered by receipts of their own form, and receipts are not answered", () => {
  expect(findMessageType("DIS91")?.receiptRule?.positive).toEqual(["CTL03"]);
  expect(findMessageType("XDIS91")?.receiptRule?.negative).toEqual(["XCTL01", "XCTL02"]);
  expect(findMessageType("FDIS91")?.receiptRule?.positiveRequired).toBe("always");
  for (const type of messageTypes.filter((entry) => entry.kind !== "message")) {
    expect(type.receiptRule, type.urn).toBeUndefined();
  }
});
