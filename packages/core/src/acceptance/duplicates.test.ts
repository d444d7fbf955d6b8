import { expect, test } from "vitest";
import { type DuplicateCase, decideDuplicates, decideSubmission, type MessageSeen } from "./duplicates.ts";

test.each<["new" | "seen", MessageSeen[], DuplicateCase[]]>([
  ["new", ["new"], ["new"]],
  ["seen", ["seen"], ["duplicate"]],
  ["new", ["seen"], ["receipt-lost"]],
  ["seen", ["new"], ["envelope-reused"]],
  ["new", ["new", "seen"], ["new", "receipt-lost"]],
  ["seen", ["seen", "seen"], ["duplicate", "duplicate"]],
  ["seen", ["seen", "new"], ["envelope-reused", "envelope-reused"]],
  ["seen", [], []],
  ["new", ["other-type"], ["new"]],
  ["seen", ["other-type"], ["envelope-reused"]],
  ["seen", ["other-type", "seen"], ["envelope-reused", "envelope-reused"]],
])("an envelope that is %s with messages seen %j is %j (document 032)", (envelope, messages, cases) => {
  expect(decideDuplicates({ envelope, messages })).toEqual(cases);
});

test.each<[string, ["new" | "seen", MessageSeen][], DuplicateCase]>([
  [
    "new everywhere",
    [
      ["new", "new"],
      ["new", "new"],
    ],
    "new",
  ],
  [
    "used everywhere with the same messages",
    [
      ["seen", "seen"],
      ["seen", "seen"],
    ],
    "duplicate",
  ],
  [
    "used between some parties and new between others",
    [
      ["seen", "seen"],
      ["new", "new"],
    ],
    "envelope-reused",
  ],
  [
    "used with another message",
    [
      ["seen", "seen"],
      ["seen", "new"],
    ],
    "envelope-reused",
  ],
])("an envelope id of several parts that is %s", (_, parts, expected) => {
  const seen = parts.map(([envelope, message]) => ({ envelope, messages: [message] }));
  expect(decideSubmission(seen)).toEqual(parts.map(() => [expected]));
});
