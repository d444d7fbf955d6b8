import { addDays, danishClock, instantsOnDanishClock } from "../validity/index.ts";
import type { Digest } from "./topics.ts";

/** When a receiver wants to be notified. Quiet hours are Danish local times, `HH:mm`, and may span midnight. */
type Rhythm = {
  digest: Digest;
  quietFrom: string | null;
  quietTo: string | null;
  /** When its last message was made. */
  lastPackedAt: Date | null;
};

/** Events within a minute of the first are combined in one message. */
const collectSeconds = 60;
const betweenSeconds = { "at-once": 300, hourly: 3600 } as const;
/** When a daily summary is sent, Danish local time. */
export const dailyTime = "07:00";

const later = (instant: Date, seconds: number) => new Date(instant.getTime() + seconds * 1000);

/**
 * The first instant at or after `from` at which Danish local time is `HH:mm`; where daylight saving skips that hour, one hour
 * later.
 */
export function nextDanishTime(from: Date, time: string): Date {
  const today = danishClock(from).slice(0, 10);
  for (const day of [today, addDays(today, 1)]) {
    const shown = instantsOnDanishClock(`${day}T${time}`);
    const skipped = instantsOnDanishClock(
      `${day}T${String(Number(time.slice(0, 2)) + 1).padStart(2, "0")}${time.slice(2)}`,
    );
    const found = (shown.length > 0 ? shown : skipped).find((instant) => instant >= from);
    if (found) return found;
  }
  throw new Error("a Danish clock time comes every day");
}

/** Whether Danish local time is within the quiet hours. */
export function isQuiet({ quietFrom, quietTo }: Pick<Rhythm, "quietFrom" | "quietTo">, at: Date): boolean {
  if (quietFrom === null || quietTo === null || quietFrom === quietTo) return false;
  const time = danishClock(at).slice(11);
  return quietFrom < quietTo ? quietFrom <= time && time < quietTo : quietFrom <= time || time < quietTo;
}

/**
 * When a receiver is notified of what happened at `at`. Urgent: after one minute, to combine events. Otherwise in the receiver's
 * rhythm, with at least five minutes between messages, and after the quiet hours.
 */
export function dueTime(rhythm: Rhythm, isUrgent: boolean, at: Date): Date {
  const soon = later(at, collectSeconds);
  if (isUrgent) return soon;
  const after = (wanted: Date) =>
    isQuiet(rhythm, wanted) && rhythm.quietTo !== null ? nextDanishTime(wanted, rhythm.quietTo) : wanted;
  if (rhythm.digest === "daily") return after(nextDanishTime(soon, dailyTime));
  const next = rhythm.lastPackedAt && later(rhythm.lastPackedAt, betweenSeconds[rhythm.digest]);
  if (rhythm.digest === "hourly") return after(next && next > soon ? next : later(at, betweenSeconds.hourly));
  return after(next && next > soon ? next : soon);
}
