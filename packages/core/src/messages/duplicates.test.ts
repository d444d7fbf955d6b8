import { expect, test } from "vitest";
import { type DuplicateCase, decideDuplicates } from "./duplicates.ts";

test.each<["new" | "seen", boolean[], DuplicateCase[]]>([
  ["new", [false], ["new"]],
  ["seen", [true], ["duplicate"]],
  ["new", [true], ["receipt-lost"]],
  ["seen", [false], ["envelope-reused"]],
  ["new", [false, true], ["new", "receipt-lost"]],
  ["seen", [true, true], ["duplicate", "duplicate"]],
  ["seen", [true, false], ["envelope-reused", "envelope-reused"]],
  ["seen", [], []],
])("an envelope that is %s with messages seen %j is %j (document 032)", (envelope, seen, cases) => {
  expect(decideDuplicates(envelope, seen)).toEqual(cases);
});
