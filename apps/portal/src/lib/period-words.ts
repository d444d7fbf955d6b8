import { addDays, danishClock, dayInDenmark } from "@sor/core/validity";
import { formatDay, formatInstant } from "./format-time.ts";
import { m } from "./words/index.ts";

type Period = { validFrom: Date; validTo: Date | null };

const isStartOfDay = (at: Date) => danishClock(at).endsWith("T00:00");

// A day where it is the beginning of one; the time too where it lies within one. `now` names today, where that is wanted.
function momentText(at: Date, now: Date | null): string {
  if (isStartOfDay(at)) return formatDay(at);
  const isToday = now !== null && dayInDenmark(at) === dayInDenmark(now);
  return isToday ? m.period_today({ time: danishClock(at).slice(11) }) : formatInstant(at);
}

/** When something ends, in the page's language: its last day where it ends at midnight, otherwise the moment. */
export function endText(to: Date, now: Date | null = null): string {
  return isStartOfDay(to) ? formatDay(addDays(dayInDenmark(to), -1)) : momentText(to, now);
}

/** From when something holds, in the page's language: "fra 01-01-2027", "fra i dag kl. 14:13". */
export function fromText(from: Date, now: Date | null = null): string {
  return m.period_from({ moment: momentText(from, now) });
}

/** Until when something holds, in the page's language, the last day inclusive: "til og med 31-03-2027". */
export function untilText(to: Date, now: Date | null = null): string {
  const moment = endText(to, now);
  return isStartOfDay(to) ? m.period_through({ moment }) : m.period_until({ moment });
}

/** When something holds, in the page's language. */
export function periodText({ validFrom, validTo }: Period, now: Date | null = null): string {
  return [fromText(validFrom, now), validTo && untilText(validTo, now)].filter(Boolean).join(" ");
}

/** A time in which something does not hold: its first moment and its last day. */
export function gapText({ from, to }: { from: Date; to: Date }): string {
  return `${momentText(from, null)} – ${endText(to)}`;
}
