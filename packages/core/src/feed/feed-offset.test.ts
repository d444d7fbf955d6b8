import { expect, test } from "vitest";
import { encodeCursor } from "../paging.ts";
import { offsetOf, parseOffset, startAfter } from "./feed-offset.ts";

// Three server starts: numbers 1 to 10, 11 to 20, and 21 up to now.
const position = {
  head: 25,
  epochs: [
    { epoch: 100, beganAfter: 0 },
    { epoch: 200, beganAfter: 10 },
    { epoch: 300, beganAfter: 20 },
  ],
};

test.each([
  [0, "0"],
  [1, encodeCursor([100, 1])],
  [10, encodeCursor([100, 10])],
  [11, encodeCursor([200, 11])],
  [25, encodeCursor([300, 25])],
])("number %d has the offset of the epoch in which it was issued", (sequence, offset) => {
  expect(offsetOf(sequence, position)).toBe(offset);
});

test.each([
  ["within its epoch", [100, 5], { kind: "after", sequence: 5 }],
  ["at the end of its epoch", [100, 10], { kind: "after", sequence: 10 }],
  ["beyond its epoch: issued before an older copy was restored", [100, 11], { kind: "gone", begin: 10 }],
  ["at the newest number", [300, 25], { kind: "after", sequence: 25 }],
  ["beyond the newest number", [300, 26], { kind: "gone", begin: 25 }],
  [
    "of an epoch that began after the copy was made and before it was restored",
    [150, 12],
    { kind: "gone", begin: 10 },
  ],
  ["of an epoch older than all of ours", [50, 12], { kind: "gone", begin: 0 }],
  ["of an epoch later than all of ours", [400, 22], { kind: "gone", begin: 20 }],
] as const)("an offset %s", (_, [epoch, sequence], start) => {
  expect(startAfter({ epoch, sequence }, position)).toEqual(start);
});

test("offsets are read in both formats, and other texts are refused", () => {
  expect(parseOffset("0")).toEqual({ kind: "event", xid: "0", id: 0 });
  expect(parseOffset(encodeCursor([100, 5]))).toEqual({ kind: "numbered", epoch: 100, sequence: 5 });
  expect(parseOffset(encodeCursor(["740", 5]))).toEqual({ kind: "event", xid: "740", id: 5 });
  for (const text of ["1", "-", "latest", encodeCursor([1.5, 2]), encodeCursor(["x", 2]), encodeCursor([1])])
    expect(() => parseOffset(text)).toThrow(expect.objectContaining({ code: "invalid" }));
});
