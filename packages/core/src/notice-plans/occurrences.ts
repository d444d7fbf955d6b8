import { addDays, instantsOnDanishClock } from "../validity/index.ts";
import type { WindowRule } from "./schemas.ts";

export type Occurrence = { day: string; start: Date; end: Date };

const two = (number: number) => String(number).padStart(2, "0");
/** 1 is Monday. */
const weekdayOf = (day: string) => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;

/**
 * The instant at which the Danish clock shows a time: of the hour that is repeated in October the `first` or the `last`, of the hour
 * that is skipped in March the instant at which it is skipped.
 */
function instantAt(day: string, clock: string, which: "first" | "last"): Date {
  const found = instantsOnDanishClock(`${day}T${clock}`);
  const instant = which === "first" ? found[0] : found.at(-1);
  if (instant) return instant;
  const [jump] = instantsOnDanishClock(`${day}T03:00`);
  if (!jump) throw new RangeError(`${day}T${clock} is no time`);
  return jump;
}

function occurrenceOn(day: string, { startClock, endClock }: WindowRule): Occurrence {
  const start = instantAt(day, startClock, "first");
  const end = instantAt(endClock <= startClock ? addDays(day, 1) : day, endClock, "last");
  return { day, start, end };
}

/** The days of a month, `YYYY-MM`, that a rule means, in order. */
function daysOfMonth(month: string, { weeks, weekday }: WindowRule): string[] {
  const first = `${month}-01`;
  const toFirst = (weekday - weekdayOf(first) + 7) % 7;
  const all = [0, 1, 2, 3, 4]
    .map((week) => addDays(first, toFirst + 7 * week))
    .filter((day) => day.startsWith(month));
  return all.filter((day, place) => weeks.includes(place + 1) || (weeks.includes(-1) && day === all.at(-1)));
}

function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${two(number + 1)}`;
}

/** The windows of a rule on the days from `fromDay` to `toDay`, both included, in order. */
export function occurrencesBetween(rule: WindowRule, fromDay: string, toDay: string): Occurrence[] {
  const found: Occurrence[] = [];
  const last = toDay.slice(0, 7);
  for (let month = fromDay.slice(0, 7); month <= last; month = nextMonth(month)) {
    const days = daysOfMonth(month, rule).filter((day) => day >= fromDay && day <= toDay);
    found.push(...days.map((day) => occurrenceOn(day, rule)).filter(({ start, end }) => end > start));
  }
  return found;
}
