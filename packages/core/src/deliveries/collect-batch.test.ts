import { expect, test } from "vitest";
import { gather, latelyAfter } from "./collect-batch.ts";

/** Returns the next count on each call, and counts the calls. */
function arrivals(...counts: number[]) {
  let asked = 0;
  const arrived = () => counts[Math.min(asked++, counts.length - 1)] ?? 0;
  return { arrived, asked: () => asked };
}

test("a single item is not delayed when recent batches had one item", async () => {
  const { arrived, asked } = arrivals(1);
  await gather(arrived, 1);
  expect(asked()).toBe(1);
});

test("waits until half the recent batch size has arrived", async () => {
  const { arrived, asked } = arrivals(1, 2, 4, 8);
  await gather(arrived, 8);
  expect(asked()).toBe(3);
});

test("gives up waiting after a short time", async () => {
  const { arrived, asked } = arrivals(1);
  await gather(arrived, 64);
  expect(asked()).toBe(5);
});

test("the recent batch size decays by half", () => {
  expect([latelyAfter(8, 20), latelyAfter(8, 2), latelyAfter(1, 0)]).toEqual([20, 4, 0]);
});
