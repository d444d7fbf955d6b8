import { expect, test } from "vitest";
import { isHeld } from "./brake.ts";

test.each([
  ["a few", 19, 19, false],
  ["many, and most of what is touched", 20, 79, true],
  ["many, but a quarter of what is touched", 20, 80, false],
  ["just below the most", 49, 1000, false],
  ["the most, however much is touched", 50, 100_000, true],
])("%s: %i of %i", (_, endings, touched, held) => {
  expect(isHeld({ endings, touched })).toBe(held);
});
