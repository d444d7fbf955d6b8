import { expect, test } from "vitest";
import { requestIdOf } from "./request-id.ts";

test("a valid id of the caller is echoed", () => {
  expect(requestIdOf("abc-1.2_3=")).toBe("abc-1.2_3=");
});

test.each(["", "a b", "é", "x".repeat(129), "a\nb", '"'])("%j is not echoed", (given) => {
  expect(requestIdOf(given)).not.toBe(given);
});
