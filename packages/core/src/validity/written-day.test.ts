import { expect, test } from "vitest";
import { WrittenDay } from "./index.ts";

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
