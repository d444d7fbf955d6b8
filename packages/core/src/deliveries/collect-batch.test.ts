import { expect, test } from "vitest";
import { gather, latelyAfter } from "./collect-batch.ts";

/** How many have come each time it is asked, and how often it was. */
function arrivals(...counts: number[]) {
  let asked = 0;
  const arrived = () => counts[Math.min(asked++, counts.length - 1)] ?? 0;
  return { arrived, asked: () => asked };
}

test("nobody is waited for where nobody came together lately", async () => {
  const { arrived, asked } = arrivals(1);
  await gather(arrived, 1);
  expect(asked()).toBe(1);
});

test("the others are waited for until half as many as lately have come", async () => {
  const { arrived, asked } = arrivals(1, 2, 4, 8);
  await gather(arrived, 8);
  expect(asked()).toBe(3);
});

test("those who do not come are not waited for long", async () => {
  const { arrived, asked } = arrivals(1);
  await gather(arrived, 64);
  expect(asked()).toBe(5);
});

test("how many came together is forgotten by halves", () => {
  expect([latelyAfter(8, 20), latelyAfter(8, 2), latelyAfter(1, 0)]).toEqual([20, 4, 0]);
});
