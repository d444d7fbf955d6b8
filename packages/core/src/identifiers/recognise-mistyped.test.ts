import { expect, test } from "vitest";
import { isMistypedGln } from "./index.ts";

test.each([
  ["5790000120420", false],
  ["5790000120421", true],
  ["5790 0001 2042 1", true],
  ["579000012042", false],
  ["Lægehuset", false],
])("%s has thirteen digits and a wrong check digit: %s", (text, expected) => {
  expect(isMistypedGln(text)).toBe(expected);
});
