import { expect, test } from "vitest";
import { countDown } from "./count-down.ts";

test("counting down ends at zero", () => {
  expect(countDown(3)).toBe(0);
});
