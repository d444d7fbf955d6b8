import { addDays, dayInDenmark, startOfDayInDenmark } from "../validity/index.ts";

/** Times of day in Denmark, in minutes after midnight; empty: never. */
export type Schedule = readonly number[];

/** Reads `01:00,13:00`, or `never`. Undefined when it is neither. */
export function readSchedule(text: string): Schedule | undefined {
  if (text === "never") return [];
  const times = text.split(",").map((part) => /^([01]\d|2[0-3]):([0-5]\d)$/.exec(part.trim()));
  if (times.some((time) => time === null)) return undefined;
  return times.map((time) => Number(time?.[1]) * 60 + Number(time?.[2]));
}

/** The latest instant at or before `now` at which a snapshot was due; undefined when none ever is. Pure. */
export function dueSince(now: Date, schedule: Schedule): Date | undefined {
  const today = dayInDenmark(now);
  const instants = [addDays(today, -1), today].flatMap((day) =>
    schedule.map((minutes) => new Date(startOfDayInDenmark(day).getTime() + minutes * 60_000)),
  );
  return instants.filter((instant) => instant <= now).sort((a, b) => b.getTime() - a.getTime())[0];
}
