import { expect, test } from "vitest";
import { newRequestId, requestIdOf } from "./request-id.ts";

test("ten thousand ids are UUIDs of version 7, of this moment, and all different", () => {
  const before = Date.now();
  const ids = Array.from({ length: 10_000 }, newRequestId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  }
});

test.each(["", "a b", "é", "x".repeat(129), "a\nb", '"'])("%j is not repeated", (given) => {
  expect(requestIdOf(given)).not.toBe(given);
});
