import { expect, test } from "vitest";
import { newId } from "./ids.ts";

test("a hundred thousand ids are UUIDs of version 7, current, unique and ascending", () => {
  newId();
  const before = Date.now();
  const ids = Array.from({ length: 100_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  const isOdd = ids.filter(
    (id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
  );
  expect(isOdd).toEqual([]);
  const timeOf = (id = "") => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  expect(timeOf(ids[0])).toBeGreaterThanOrEqual(before);
  // At least 2,049 ids fit into a millisecond; only a faster rate runs ahead of the clock.
  expect(timeOf(ids.at(-1))).toBeLessThanOrEqual(
    Math.max(Date.now(), timeOf(ids[0]) + ids.length / 2049 + 1),
  );
});
