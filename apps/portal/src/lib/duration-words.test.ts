import { expect, test } from "vitest";
import { durationText } from "./duration-words.ts";

const hour = 3_600_000;

test.each([
  [0, "0 ms"],
  [37, "37 ms"],
  [1240, "1,2 sek."],
  [35_400, "35 sek."],
  [59_700, "1 min."],
  [125_000, "2 min. 5 sek."],
  [hour - 400, "1 time"],
  [2.5 * hour, "2 timer 30 min."],
  [24 * hour - 1, "1 døgn"],
  [75.2 * hour, "3 døgn 3 timer"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
