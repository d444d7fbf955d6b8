import { expect, test } from "vitest";
import { folderFaults } from "./folders.ts";

const files = (folder: string, count: number, ending = ".ts") =>
  Array.from({ length: count }, (_, at) => `${folder}/file-${at}${ending}`);

test("a folder holds at most twenty-five files beside their tests", () => {
  expect(folderFaults([...files("a/src", 25), ...files("a/src", 25, ".test.ts")], {})).toEqual([]);
  expect(folderFaults(files("a/src", 26), {})).toEqual(["a/src holds 26 files; the limit is 25"]);
});

test("a folder that exceeded the limit before the rule may not grow", () => {
  expect(folderFaults(files("old", 30), { old: 30 })).toEqual([]);
  expect(folderFaults(files("old", 31), { old: 30 })).toEqual(["old holds 31 files; the limit is 30"]);
});

test("numbered files are not counted", () => {
  expect(folderFaults(files("docs/decisions", 40, ".md"), {})).toEqual([]);
});
