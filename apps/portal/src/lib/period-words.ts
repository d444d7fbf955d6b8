import { addDays, danishClock, dayInDenmark } from "@sor/core/validity";
import { formatDay, formatInstant } from "./format-time.ts";
import { m } from "./words/index.ts";

type Period = { validFrom: Date; validTo: Date | null };

const isStartOfDay = (at: Date) => danishClock(at).endsWith("T00:00");

// Midnight shows only the day, any other instant also the time. With `now`, its date is shown as today.
function momentText(at: Date, now: Date | null): string {
  if (isStartOfDay(at)) return formatDay(at);
  const isToday = now !== null && dayInDenmark(at) === dayInDenmark(now);
  return isToday ? m.period_today({ time: danishClock(at).slice(11) }) : formatInstant(at);
}

/** When something ends, in the page's language: its last day if it ends at midnight, otherwise the instant. */
export function endText(to: Date, now: Date | null = null): string {
  return isStartOfDay(to) ? formatDay(addDays(dayInDenmark(to), -1)) : momentText(to, now);
}

/** From when something is valid, in the page's language: "fra 01-01-2027", "fra i dag kl. 14:13". */
export function fromText(from: Date, now: Date | null = null): string {
  return m.period_from({ moment: momentText(from, now) });
}

/** Until when something is valid, in the page's language, the last day inclusive: "til og med 31-03-2027". */
export function untilText(to: Date, now: Date | null = null): string {
  const moment = endText(to, now);
  return isStartOfDay(to) ? m.period_through({ moment }) : m.period_until({ moment });
}

/** The period of validity, in the page's language. */
export function periodText({ validFrom, validTo }: Period, now: Date | null = null): string {
  return [fromText(validFrom, now), validTo && untilText(validTo, now)].filter(Boolean).join(" ");
}

/** A period in which something is not valid: its first instant and its last day. */
export function gapText({ from, to }: { from: Date; to: Date }): string {
  return `${momentText(from, null)} – ${endText(to)}`;
}
