import { expect, test } from "vitest";
import { type DuplicateCase, decideDuplicates, type MessageSeen } from "./duplicates.ts";

test.each<["new" | "seen", MessageSeen[], DuplicateCase[]]>([
  ["new", ["new"], ["new"]],
  ["seen", ["seen"], ["duplicate"]],
  ["new", ["seen"], ["receipt-lost"]],
  ["seen", ["new"], ["envelope-reused"]],
  ["new", ["new", "seen"], ["new", "receipt-lost"]],
  ["seen", ["seen", "seen"], ["duplicate", "duplicate"]],
  ["seen", ["seen", "new"], ["envelope-reused", "envelope-reused"]],
  ["seen", [], []],
  ["new", ["other-letter"], ["new"]],
  ["seen", ["other-letter"], ["new"]],
  ["seen", ["other-letter", "new"], ["envelope-reused", "envelope-reused"]],
])("an envelope that is %s with messages seen %j is %j (document 032)", (envelope, seen, cases) => {
  expect(decideDuplicates(envelope, seen)).toEqual(cases);
});
