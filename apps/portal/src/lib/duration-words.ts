import { formatNumber } from "./format-number.ts";
import { m } from "./words/index.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A duration in the page's language, in at most two units: "37 ms", "1,2 sek.", "35 sek.", "2 min. 5 sek.". */
export function durationText(milliseconds: number): string {
  if (milliseconds < second) return m.duration_milliseconds({ count: String(Math.round(milliseconds)) });
  if (milliseconds < 10 * second) return m.duration_seconds({ count: formatNumber(milliseconds / second) });
  const rounded = Math.round(milliseconds / second) * second;
  if (rounded < minute) return secondsOf(rounded);
  if (rounded < hour) return joined(minutesOf(rounded), secondsOf(rounded % minute));
  const toMinute = Math.round(milliseconds / minute) * minute;
  if (toMinute < day) return joined(hoursOf(toMinute), minutesOf(toMinute % hour));
  const toHour = Math.round(milliseconds / hour) * hour;
  return joined(daysOf(toHour), hoursOf(toHour % day));
}

const joined = (...parts: string[]) => parts.filter(Boolean).join(" ");

const counted = (count: number, text: (input: { count: number }) => string) =>
  count === 0 ? "" : text({ count });

const daysOf = (span: number) => counted(Math.floor(span / day), m.duration_days);
const hoursOf = (span: number) => counted(Math.floor(span / hour), m.duration_hours);
const minutesOf = (span: number) => counted(Math.floor(span / minute), m.duration_minutes);
const secondsOf = (span: number) => counted(Math.floor(span / second), m.duration_seconds);
