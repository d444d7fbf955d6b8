import { expect, test } from "vitest";
import { countDown } from "./count-down.ts";

test("counting down comes to nothing", () => {
  expect(countDown(3)).toBe(0);
});
