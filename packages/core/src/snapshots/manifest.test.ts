import { expect, test } from "vitest";
import { outlived } from "./manifest.ts";

const nameOf = (day: string, time: string) => `${day}T${time}Z-0000000001`;

test("a snapshot that was just replaced is kept for its readers, and goes when the next one comes", () => {
  const [first, second, third] = ["120000", "120001", "120002"].map((time) => nameOf("20261201", time));
  expect(outlived([first, second] as string[], 2)).toEqual([]);
  expect(outlived([third, first, second] as string[], 2)).toEqual([first]);
});

test("the newest of each eight hours of the last day, and of each of the last days, are kept", () => {
  const names = [
    nameOf("20261128", "230000"),
    nameOf("20261130", "090000"),
    nameOf("20261130", "150000"),
    nameOf("20261130", "230000"),
    nameOf("20261201", "020000"),
    nameOf("20261201", "070000"),
    nameOf("20261201", "120000"),
  ];
  // The last day reaches back to 30 November at 11:30.
  expect(outlived(names, 2).toSorted()).toEqual([names[0], names[1], names[4]]);
  expect(outlived(names, 3).toSorted()).toEqual([names[1], names[4]]);
  expect(outlived([], 2)).toEqual([]);
});
