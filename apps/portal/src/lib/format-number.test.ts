import { expect, test } from "vitest";
import { formatNumber } from "./format-number.ts";

test.each([
  ["da", 1_234_567, "1.234.567"],
  ["da", 99.95, "100"],
  ["da", 1234.56, "1.234,6"],
  ["en", 1_234_567, "1,234,567"],
  ["en", 1234.56, "1,234.6"],
] as const)("in %s %d is written %s", (language, value, shown) => {
  expect(formatNumber(value, language)).toBe(shown);
});
