import { expect, test } from "vitest";
import {
  danishClock,
  danishTimestamp,
  dayInDenmark,
  formatDanishDay,
  formatDanishInstant,
  instantsOnDanishClock,
  startOfDayInDenmark,
} from "./clock.ts";
import { addDays } from "./days.ts";

test.each([
  ["2026-01-11T15:08:00Z", "11-01-2026 kl. 16:08"],
  ["2026-10-24T23:59:00Z", "25-10-2026 kl. 01:59"],
  ["2026-10-25T00:00:00Z", "25-10-2026 kl. 02:00 (sommertid)"],
  ["2026-10-25T00:59:00Z", "25-10-2026 kl. 02:59 (sommertid)"],
  ["2026-10-25T01:00:00Z", "25-10-2026 kl. 02:00 (normaltid)"],
  ["2026-10-25T02:00:00Z", "25-10-2026 kl. 03:00"],
  ["2026-03-29T00:59:00Z", "29-03-2026 kl. 01:59"],
  ["2026-03-29T01:00:00Z", "29-03-2026 kl. 03:00"],
])("%s is read as %s", (instant, text) => {
  expect(formatDanishInstant(new Date(instant))).toBe(text);
});

test.each<[string, string[]]>([
  ["2026-01-11T16:08", ["2026-01-11T15:08:00.000Z"]],
  ["2026-07-01T00:00", ["2026-06-30T22:00:00.000Z"]],
  ["2026-10-25T02:30", ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]],
  ["2026-03-29T02:30", []],
  ["2026-02-30T10:00", []],
  ["2026-02-20T25:00", []],
  ["nonsense", []],
])("the clock shows %s at the instants %j", (local, instants) => {
  expect(instantsOnDanishClock(local).map((instant) => instant.toISOString())).toEqual(instants);
});

test("an instant is formatted in local time with its offset", () => {
  expect(danishClock(new Date("2026-07-01T10:05:09Z"))).toBe("2026-07-01T12:05");
  expect(danishTimestamp(new Date("2026-07-01T10:05:09Z"))).toBe("2026-07-01T12:05:09+02:00");
  expect(danishTimestamp(new Date("2026-01-01T10:05:09Z"))).toBe("2026-01-01T11:05:09+01:00");
});

test("a day is formatted day first", () => {
  expect(formatDanishDay("2026-01-31")).toBe("31-01-2026");
  expect(formatDanishDay(new Date("2026-01-31T23:00:00Z"))).toBe("01-02-2026");
});

test.each([
  ["2026-01-31T22:59:59Z", "2026-01-31"],
  ["2026-01-31T23:00:00Z", "2026-02-01"],
  ["2026-07-01T21:59:59Z", "2026-07-01"],
  ["2026-07-01T22:00:00Z", "2026-07-02"],
])("the instant %s falls on %s in Denmark", (instant, day) => {
  expect(dayInDenmark(new Date(instant))).toBe(day);
});

test("every day of four years begins at midnight in Denmark, including days of clock changes", () => {
  for (let day = "2024-01-01"; day < "2028-01-01"; day = addDays(day, 1)) {
    const start = startOfDayInDenmark(day);
    expect(dayInDenmark(start)).toBe(day);
    expect(dayInDenmark(new Date(start.getTime() - 1))).toBe(addDays(day, -1));
  }
});
