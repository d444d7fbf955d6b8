const zone = "Europe/Copenhagen";
const dayFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: zone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});
const hourFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" });

/** The calendar day, `YYYY-MM-DD`, of an instant in Denmark. */
export function dayInDenmark(instant: Date): string {
  return dayFormat.format(instant);
}

/** The instant at which a calendar day begins in Denmark. */
export function startOfDayInDenmark(day: string): Date {
  const midnightUtc = new Date(`${day}T00:00:00Z`);
  // The clocks change at 01:00 UTC, so the offset at midnight UTC is still the one at the start of the day.
  const hoursAhead = Number(hourFormat.format(midnightUtc));
  return new Date(midnightUtc.getTime() - hoursAhead * 3_600_000);
}

/** The calendar day `days` after (or, when negative, before) the given day. */
export function addDays(day: string, days: number): string {
  const instant = new Date(`${day}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() + days);
  return instant.toISOString().slice(0, 10);
}
