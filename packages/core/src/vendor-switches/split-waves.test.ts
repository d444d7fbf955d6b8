import { expect, test } from "vitest";
import { splitWaves } from "./split-waves.ts";

const glns = Array.from({ length: 10 }, (_, at) => `579000000000${at}`);
const wave = (day: string, percent: number | null = null, listed: string[] | null = null) =>
  ({ day, percent, glns: listed }) as never;
const today = "2026-06-01";
const sizes = (waves: never[]) => splitWaves(glns, waves, today).map((part) => part.length);

test.each([
  ["one wave has all", [wave("2026-06-01")], [10]],
  [
    "shares are of the whole list",
    [wave("2026-06-01", 10), wave("2026-06-02", 40), wave("2026-06-03", 50)],
    [1, 4, 5],
  ],
  ["the last has the rest", [wave("2026-06-01", 33), wave("2026-06-02", 33), wave("2026-06-03")], [4, 3, 3]],
  ["a list and the rest", [wave("2026-06-01", null, glns.slice(2, 4)), wave("2026-06-02")], [2, 8]],
])("%s", (_name, waves, expected) => {
  expect(sizes(waves)).toEqual(expected);
});

test.each([
  ["a day that has passed", [wave("2026-05-31")], "waves-out-of-order"],
  ["the same day twice", [wave("2026-06-02", 50), wave("2026-06-02")], "waves-out-of-order"],
  ["numbers that are left over", [wave("2026-06-01", 50)], "waves-incomplete"],
  ["a wave without any", [wave("2026-06-01", 100), wave("2026-06-02")], "wave-empty"],
  [
    "a number of another list",
    [wave("2026-06-01", null, ["5790000000999"]), wave("2026-06-02")],
    "wave-not-selected",
  ],
  [
    "a number in two lists",
    [
      wave("2026-06-01", null, glns.slice(0, 1)),
      wave("2026-06-02", null, glns.slice(0, 2)),
      wave("2026-06-03"),
    ],
    "wave-not-selected",
  ],
])("%s is refused", (_name, waves, fault) => {
  expect(() => sizes(waves)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ fault }) }),
  );
});

test("every number is in one wave, in order, and no wave is too large", () => {
  const waves = [wave("2026-06-01", 7), wave("2026-06-02", 80), wave("2026-06-03")];
  expect(splitWaves(glns, waves, today).flat()).toEqual(glns);
  const many = Array.from({ length: 2501 }, (_, at) => String(at));
  expect(() => splitWaves(many, [wave("2026-06-01")], today)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ fault: "wave-too-large" }) }),
  );
});
