import { expect, test } from "vitest";
import { fromText, gapText, periodText, untilText } from "./period-words.ts";

const now = new Date("2026-11-30T13:13:20Z");
const midnight = (day: string) => new Date(`${day}T23:00:00Z`);

test("a period shows the days that were entered, the last day inclusive", () => {
  const period = { validFrom: midnight("2026-12-31"), validTo: new Date("2027-03-31T22:00:00Z") };
  expect(periodText(period)).toBe("fra 01-01-2027 til og med 31-03-2027");
});

test("an instant within a day shows its time, and today's date as today if asked", () => {
  expect(fromText(now, now)).toBe("fra i dag kl. 14:13");
  expect(fromText(now)).toBe("fra 30-11-2026 kl. 14:13");
  expect(untilText(now, now)).toBe("til i dag kl. 14:13");
  expect(fromText(midnight("2026-11-29"), now)).toBe("fra 30-11-2026");
});

test("a gap shows its first instant and its last day", () => {
  expect(gapText({ from: now, to: midnight("2026-12-31") })).toBe("30-11-2026 kl. 14:13 – 31-12-2026");
});
