import { expect, test } from "vitest";
import { requestIdOf } from "./request-id.ts";

test("an id of the caller's own is repeated", () => {
  expect(requestIdOf("abc-1.2_3=")).toBe("abc-1.2_3=");
});

test.each(["", "a b", "é", "x".repeat(129), "a\nb", '"'])("%j is not repeated", (given) => {
  expect(requestIdOf(given)).not.toBe(given);
});
