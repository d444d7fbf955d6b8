import { expect, test } from "vitest";
import { addDays, addWorkingDays, isWorkingDay } from "./index.ts";

test.each([
  ["2023-05-05", "Great Prayer Day, as long as it was one"],
  ["2026-01-01", "New Year's Day"],
  ["2026-04-02", "Maundy Thursday"],
  ["2026-04-03", "Good Friday"],
  ["2026-04-06", "Easter Monday"],
  ["2026-05-14", "Ascension"],
  ["2026-05-25", "Whit Monday"],
  ["2024-03-28", "an early Easter"],
  ["2038-04-26", "the latest Easter Monday there is"],
  ["2026-12-24", "Christmas Eve"],
  ["2026-12-25", "Christmas"],
  ["2026-12-31", "New Year's Eve"],
  ["2026-11-28", "a Saturday"],
  ["2026-11-29", "a Sunday"],
])("%s is no working day: %s", (day) => {
  expect(isWorkingDay(day)).toBe(false);
});

test.each(["2024-04-26", "2026-05-01", "2026-06-05", "2026-04-07", "2026-12-23", "2026-12-28"])(
  "%s is a working day",
  (day) => {
    expect(isWorkingDay(day)).toBe(true);
  },
);

test.each([
  ["2026-12-01", 10, "2026-12-15"],
  ["2026-12-18", 10, "2027-01-07"],
  ["2026-03-27", 10, "2026-04-15"],
  ["2026-11-27", 1, "2026-11-30"],
  ["2026-11-28", 1, "2026-11-30"],
])("%s and %i working days is %s", (day, count, expected) => {
  expect(addWorkingDays(day, count)).toBe(expected);
});

test("2026 has 252 working days: 261 weekdays, less nine holidays that fall on one", () => {
  const days = Array.from({ length: 365 }, (_, at) => addDays("2026-01-01", at));
  expect(days.filter(isWorkingDay)).toHaveLength(252);
});
