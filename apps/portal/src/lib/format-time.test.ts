import { expect, test } from "vitest";
import { formatDay, formatInstant, machineInstant } from "./format-time.ts";

test.each([
  ["2021-01-11T15:08:00Z", "11-01-2021 kl. 16:08", "2021-01-11T16:08:00+01:00"],
  ["2021-07-11T14:08:09Z", "11-07-2021 kl. 16:08", "2021-07-11T16:08:09+02:00"],
  ["2026-12-31T23:30:00Z", "01-01-2027 kl. 00:30", "2027-01-01T00:30:00+01:00"],
  ["2026-10-25T00:30:00Z", "25-10-2026 kl. 02:30 (sommertid)", "2026-10-25T02:30:00+02:00"],
  ["2026-10-25T01:30:00Z", "25-10-2026 kl. 02:30 (normaltid)", "2026-10-25T02:30:00+01:00"],
  ["2026-10-25T02:30:00Z", "25-10-2026 kl. 03:30", "2026-10-25T03:30:00+01:00"],
  ["2026-03-29T01:00:00Z", "29-03-2026 kl. 03:00", "2026-03-29T03:00:00+02:00"],
])("%s is formatted in Danish time, and an ambiguous hour is marked", (instant, shown, machine) => {
  expect(formatInstant(new Date(instant))).toBe(shown);
  expect(machineInstant(new Date(instant))).toBe(machine);
});

test("lists of events show seconds", () => {
  expect(formatInstant(new Date("2021-07-11T14:08:09Z"), "second")).toBe("11-07-2021 kl. 16:08:09");
  expect(formatInstant(new Date("2026-10-25T01:30:59Z"), "second")).toBe(
    "25-10-2026 kl. 02:30:59 (normaltid)",
  );
});

test("a calendar day is formatted as day-month-year in any time zone of the machine", () => {
  expect(formatDay("2021-01-11")).toBe("11-01-2021");
});

test.each([
  ["2021-01-11T15:08:00Z", "11-01-2021 at 16:08"],
  ["2026-10-25T00:30:00Z", "25-10-2026 at 02:30 (summer time)"],
  ["2026-10-25T01:30:00Z", "25-10-2026 at 02:30 (standard time)"],
])("%s is formatted in English on an English page", (instant, shown) => {
  expect(formatInstant(new Date(instant), "minute", "en")).toBe(shown);
});
