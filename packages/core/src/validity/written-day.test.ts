import { expect, test } from "vitest";
import { WrittenClock, WrittenDay, WrittenTime } from "./index.ts";

test.each([
  ["31-12-2026", "2026-12-31"],
  ["1.8.2005", "2005-08-01"],
  [" 01/08/2005 ", "2005-08-01"],
  ["29 2 2028", "2028-02-29"],
  ["2026-12-31", "2026-12-31"],
])("%s is read as %s, day before month", (text, day) => {
  expect(WrittenDay.parse(text)).toBe(day);
});

test.each([
  ["30-02-2026", "no-such-day"],
  ["12-31-2026", "no-such-day"],
  ["2026-02-30", "no-such-day"],
  ["00-01-2026", "no-such-day"],
  ["31-12-26", "not-a-day"],
  ["i morgen", "not-a-day"],
  ["'; drop table locations; --", "not-a-day"],
  ["2026-12-31T00:00", "not-a-day"],
])("%s is refused as %s", (text, fault) => {
  expect(WrittenDay.safeParse(text).error?.issues).toMatchObject([{ params: { fault } }]);
});

test.each([
  ["31-12-2026 22:00", "2026-12-31T22:00"],
  ["1.8.2005 kl. 9.05", "2005-08-01T09:05"],
  [" 01/08/2005  kl 09:05 ", "2005-08-01T09:05"],
  ["29 2 2028 0:00", "2028-02-29T00:00"],
  ["2026-12-31T22:00", "2026-12-31T22:00"],
])("%s is read as the time %s, day before month", (text, time) => {
  expect(WrittenTime.parse(text)).toBe(time);
});

test.each([
  ["30-02-2026 10:00", "no-such-day"],
  ["28-02-2026 24:00", "no-such-day"],
  ["28-02-2026 10:60", "no-such-day"],
  ["31-12-2026", "not-a-time"],
  ["22:00", "not-a-time"],
  ["i morgen kl. 22:00", "not-a-time"],
  ["31-12-2026 22", "not-a-time"],
  ["", "not-a-time"],
])("%j is refused as a time: %s", (text, fault) => {
  expect(WrittenTime.safeParse(text).error?.issues).toMatchObject([{ params: { fault } }]);
});

test.each([
  ["22:00", "22:00"],
  ["0.05", "00:05"],
  [" kl. 9.05 ", "09:05"],
  ["KL 23:59", "23:59"],
])("%s is read as the time of day %s", (text, clock) => {
  expect(WrittenClock.parse(text)).toBe(clock);
});

test.each(["24:00", "9:60", "10:00 PM", "22", ":30", "", "om aftenen"])(
  "%j is refused as a time of day",
  (text) => {
    expect(WrittenClock.safeParse(text).error?.issues).toMatchObject([{ message: "clock-form" }]);
  },
);
