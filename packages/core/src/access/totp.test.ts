import { expect, test } from "vitest";
import { codeOfStep, fromBase32, stepAt, stepOfCode, toBase32 } from "./totp.ts";

const key = Buffer.from("12345678901234567890");

// RFC 6238, appendix B, the last six of its eight digits.
test.each([
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
])("at second %s the code is %s", (seconds, code) => {
  expect(codeOfStep(key, stepAt(new Date(seconds * 1000)))).toBe(code);
});

test("a code is valid in its own half minute, the one before and the one after", () => {
  const at = (seconds: number) => new Date(seconds * 1000);
  const code = codeOfStep(key, 100);
  for (const seconds of [2970, 3000, 3029, 3059]) expect(stepOfCode(key, code, at(seconds))).toBe(100);
  for (const seconds of [2969, 3060]) expect(stepOfCode(key, code, at(seconds))).toBeUndefined();
});

test.each([
  ["", ""],
  ["f", "MY"],
  ["foobar", "MZXW6YTBOI"],
  ["12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
])("%j is %s in base32 (RFC 4648, 10)", (text, base32) => {
  expect(toBase32(Buffer.from(text))).toBe(base32);
  expect(fromBase32(base32).toString()).toBe(text);
});
