import { expect, test } from "vitest";
import { addDays, dayInDenmark, startOfDayInDenmark } from "./days.ts";

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

test.each([
  ["2024-02-28", 1, "2024-02-29"],
  ["2025-02-28", 1, "2025-03-01"],
  ["2026-01-01", -1, "2025-12-31"],
])("%s and %i days is %s", (day, days, expected) => {
  expect(addDays(day, days)).toBe(expected);
});
