/** The time zone by which the database's days become instants as well. */
export const danishZone = "Europe/Copenhagen";
const hourMilliseconds = 3_600_000;
// Swedish writes like ISO 8601: 2021-01-11 16:08:35.
const clock = new Intl.DateTimeFormat("sv-SE", {
  timeZone: danishZone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Date and time in Denmark: `YYYY-MM-DD` and `HH:mm:ss`. */
function readClock(instant: Date): { day: string; time: string } {
  const [day = "", time = ""] = clock.format(instant).split(" ");
  return { day, time };
}

/** Denmark's offset from UTC in hours at that instant: 1 or 2. */
function hoursAhead(instant: Date): number {
  const { day, time } = readClock(instant);
  return Math.round((Date.parse(`${day}T${time}Z`) - instant.getTime()) / hourMilliseconds);
}

/**
 * The instants at which it is `YYYY-MM-DDTHH:mm` in Denmark: normally one, none in the hour skipped in March, two (summer time
 * first) in the hour repeated in October.
 */
export function instantsOnDanishClock(local: string): Date[] {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) return [];
  const asUtc = Date.parse(`${local}:00Z`);
  if (Number.isNaN(asUtc)) return [];
  return [2, 1]
    .map((ahead) => new Date(asUtc - ahead * hourMilliseconds))
    .filter((instant) => danishClock(instant) === local);
}

/** An instant as `YYYY-MM-DDTHH:mm` in Danish time, the value of a date-time field. */
export function danishClock(instant: Date): string {
  const { day, time } = readClock(instant);
  return `${day}T${time.slice(0, 5)}`;
}

/** The calendar day, `YYYY-MM-DD`, of an instant in Denmark. */
export function dayInDenmark(instant: Date): string {
  return readClock(instant).day;
}

/** The instant at which a calendar day begins in Denmark. */
export function startOfDayInDenmark(day: string): Date {
  const midnightUtc = new Date(`${day}T00:00:00Z`);
  // The clocks change at 01:00 UTC, so the offset at midnight UTC is still the one at the start of the day.
  const ahead = Number(readClock(midnightUtc).time.slice(0, 2));
  return new Date(midnightUtc.getTime() - ahead * hourMilliseconds);
}

/** `11-01-2021`, of a day or of the Danish day of an instant. */
export function formatDanishDay(day: Date | string): string {
  const text = typeof day === "string" ? day.slice(0, 10) : dayInDenmark(day);
  return text.split("-").reverse().join("-");
}

const clockWords = {
  da: { at: "kl.", summer: "sommertid", winter: "normaltid" },
  en: { at: "at", summer: "summer time", winter: "standard time" },
};

/** `16:08` in Danish time, or to the second: `16:08:35`; in the hour repeated in October it says which of the two. */
export function formatDanishClock(
  instant: Date,
  language: keyof typeof clockWords = "da",
  precision: "minute" | "second" = "minute",
): string {
  const { day, time } = readClock(instant);
  const { summer, winter } = clockWords[language];
  const minute = time.slice(0, 5);
  const isDoubled = instantsOnDanishClock(`${day}T${minute}`).length === 2;
  const which = hoursAhead(instant) === 2 ? ` (${summer})` : ` (${winter})`;
  return `${precision === "second" ? time : minute}${isDoubled ? which : ""}`;
}

/** `11-01-2021 kl. 16:08` in Danish time, in English `11-01-2021 at 16:08`; the time as `formatDanishClock` writes it. */
export function formatDanishInstant(
  instant: Date,
  language: keyof typeof clockWords = "da",
  precision: "minute" | "second" = "minute",
): string {
  const clock = formatDanishClock(instant, language, precision);
  return `${formatDanishDay(instant)} ${clockWords[language].at} ${clock}`;
}

/** An instant in Danish time with its offset (ISO 8601), to the second: `2021-01-11T16:08:00+01:00`. */
export function danishTimestamp(instant: Date): string {
  const { day, time } = readClock(instant);
  return `${day}T${time}+0${hoursAhead(instant)}:00`;
}
