import { expect, test } from "vitest";
import { type LogLine, versionsOf } from "./versions-of.ts";

const line = (sequence: number, kind: string, rowId: string | null, isEnd = false): LogLine => ({
  ...{ sequence, kind, rowId, isEnd },
  at: new Date(sequence * 1000),
});
const states = (lines: readonly LogLine[]) =>
  versionsOf(lines, (known, at) => `${[...known].toSorted().join("")}@${at.getTime() / 1000}`).map(
    ({ sequence, state }) => [sequence, state],
  );

test("each sequence is one version with the rows known after it, days and withdrawals too", () => {
  expect(
    states([
      line(1, "version", "a"),
      line(3, "version", "a", true),
      line(3, "version", "b"),
      line(3, "version", "c"),
      line(4, "day", null),
      line(6, "withdrawn", null),
      line(7, "version", "d"),
      line(8, "withdrawn", null, true),
    ]),
  ).toEqual([
    [1, "a@1"],
    [3, "bc@3"],
    [4, "bc@4"],
    [6, null],
    [7, null],
    [8, "bcd@8"],
  ]);
  expect(states([])).toEqual([]);
});
