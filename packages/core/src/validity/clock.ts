const zone = "Europe/Copenhagen";
const hourMilliseconds = 3_600_000;
const clock = new Intl.DateTimeFormat("da-DK", {
  timeZone: zone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

type Reading = { day: string; time: string };

/** Date and time in Denmark: `YYYY-MM-DD` and `HH:mm`. */
function readClock(instant: Date): Reading {
  const found = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, value]));
  return {
    day: `${found["year"]}-${found["month"]}-${found["day"]}`,
    time: `${found["hour"]}:${found["minute"]}`,
  };
}

/** Denmark's offset from UTC in hours at that instant: 1 or 2. */
function hoursAhead(instant: Date): number {
  const { day, time } = readClock(instant);
  const shown = Date.parse(`${day}T${time}:00Z`);
  return Math.round((shown - instant.getTime()) / hourMilliseconds);
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
  return `${day}T${time}`;
}

/** `11-01-2021`, of a day or of the Danish day of an instant. */
export function formatDanishDay(day: Date | string): string {
  const text = typeof day === "string" ? day.slice(0, 10) : readClock(day).day;
  return text.split("-").reverse().join("-");
}

const clockWords = {
  da: { at: "kl.", summer: "sommertid", winter: "normaltid" },
  en: { at: "at", summer: "summer time", winter: "standard time" },
};

/**
 * `11-01-2021 kl. 16:08` in Danish time, in English `11-01-2021 at 16:08`, or to the second: `11-01-2021 kl. 16:08:35`; in the
 * hour repeated in October it says which of the two.
 */
export function formatDanishInstant(
  instant: Date,
  language: keyof typeof clockWords = "da",
  precision: "minute" | "second" = "minute",
): string {
  const { day, time } = readClock(instant);
  const { at, summer, winter } = clockWords[language];
  const isDoubled = instantsOnDanishClock(`${day}T${time}`).length === 2;
  const which = hoursAhead(instant) === 2 ? ` (${summer})` : ` (${winter})`;
  const second = precision === "second" ? `:${secondOf(instant)}` : "";
  return `${formatDanishDay(day)} ${at} ${time}${second}${isDoubled ? which : ""}`;
}

const secondOf = (instant: Date) => String(instant.getUTCSeconds()).padStart(2, "0");

/** An instant with Denmark's offset for a `datetime` attribute: `2021-01-11T16:08:00+01:00`. */
export function danishTimestamp(instant: Date): string {
  return `${danishClock(instant)}:${secondOf(instant)}+0${hoursAhead(instant)}:00`;
}
