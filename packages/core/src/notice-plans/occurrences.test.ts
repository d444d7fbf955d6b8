import { expect, test } from "vitest";
import { occurrencesBetween } from "./index.ts";

const rule = { weeks: [3], weekday: 4, startClock: "18:00", endClock: "22:00" };
const shown = (...asked: Parameters<typeof occurrencesBetween>) =>
  occurrencesBetween(...asked).map(({ day, start, end }) => [
    day,
    start.toISOString().slice(0, 16),
    end.toISOString().slice(0, 16),
  ]);

test("the third Thursday from 18 to 22 Danish time, summer and winter, and over a leap day", () => {
  expect(shown(rule, "2028-01-21", "2028-04-30")).toEqual([
    ["2028-02-17", "2028-02-17T17:00", "2028-02-17T21:00"],
    ["2028-03-16", "2028-03-16T17:00", "2028-03-16T21:00"],
    ["2028-04-20", "2028-04-20T16:00", "2028-04-20T20:00"],
  ]);
  const leap = { ...rule, weekday: 2, weeks: [-1] };
  expect(shown(leap, "2028-02-01", "2028-03-31").map(([day]) => day)).toEqual(["2028-02-29", "2028-03-28"]);
});

test("the first and third Tuesday from 21 to 03 cross midnight, and the fifth is the last", () => {
  const tuesdays = { weeks: [1, 3], weekday: 2, startClock: "21:00", endClock: "03:00" };
  expect(shown(tuesdays, "2026-12-01", "2026-12-31")).toEqual([
    ["2026-12-01", "2026-12-01T20:00", "2026-12-02T02:00"],
    ["2026-12-15", "2026-12-15T20:00", "2026-12-16T02:00"],
  ]);
  const last = { ...tuesdays, weeks: [4, -1] };
  expect(shown(last, "2026-12-01", "2027-01-31").map(([day]) => day)).toEqual([
    "2026-12-22",
    "2026-12-29",
    "2027-01-26",
  ]);
});

// The clock goes from 02 to 03 on 2026-03-29, and from 03 to 02 on 2026-10-25.
test("on the nights on which the clock is set, a window holds the whole of what its clock says", () => {
  const night = { weeks: [-1], weekday: 7, startClock: "02:30", endClock: "04:00" };
  expect(shown(night, "2026-03-01", "2026-03-31")).toEqual([
    ["2026-03-29", "2026-03-29T01:00", "2026-03-29T02:00"],
  ]);
  const autumn = { ...night, startClock: "01:00", endClock: "02:30" };
  expect(shown(autumn, "2026-10-01", "2026-10-31")).toEqual([
    ["2026-10-25", "2026-10-24T23:00", "2026-10-25T01:30"],
  ]);
  const before = { ...night, weekday: 6, startClock: "23:00", endClock: "02:30" };
  expect(shown(before, "2026-03-28", "2026-03-28")).toEqual([
    ["2026-03-28", "2026-03-28T22:00", "2026-03-29T01:00"],
  ]);
});

test("a window that lies wholly in the skipped hour does not take place that night", () => {
  const skipped = { weeks: [-1], weekday: 7, startClock: "02:10", endClock: "02:50" };
  expect(shown(skipped, "2026-03-01", "2026-04-30").map(([day]) => day)).toEqual(["2026-04-26"]);
});

test("both ends of the asked days count", () => {
  expect(shown(rule, "2026-12-17", "2026-12-17")).toHaveLength(1);
  expect(shown(rule, "2026-12-18", "2027-01-20")).toHaveLength(0);
});
