/** An event of a calendar; the uid never changes. */
type CalendarEvent = {
  uid: string;
  changedAt: Date;
  title: string;
  address: string;
  /** Raised with every change of what calendars have read. */
  sequence?: number;
  isCancelled?: boolean;
  text?: string;
};
/** An event that lasts one day, `YYYY-MM-DD`. */
type CalendarDay = CalendarEvent & { day: string };
/** An event between two instants. */
type CalendarSpan = CalendarEvent & { from: Date; to: Date };

/** A calendar by RFC 5545 with one event of a whole day, or between two instants, each; the same content gives the same bytes. */
export function calendarDocument({
  name,
  about = "Kommende ændringer",
  days,
}: {
  name: string;
  /** What the calendar is about, in its PRODID. */
  about?: string;
  days: readonly (CalendarDay | CalendarSpan)[];
}): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `PRODID:-//SOR//${about}//DA`,
    "METHOD:PUBLISH",
    `X-WR-CALNAME:${escaped(name)}`,
    ...days.flatMap(eventLines),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join("");
}

/** An instant in UTC, which no reader can take for another zone. */
const utc = (instant: Date) =>
  instant
    .toISOString()
    .replace(/\.\d{3}/, "")
    .replace(/[-:]/g, "");

function eventLines(event: CalendarDay | CalendarSpan): string[] {
  const { uid, changedAt, title, address, sequence, isCancelled = false, text } = event;
  const isDay = "day" in event;
  return [
    "BEGIN:VEVENT",
    `UID:${escaped(uid)}`,
    `DTSTAMP:${utc(changedAt)}`,
    ...(isDay
      ? [`DTSTART;VALUE=DATE:${event.day.replaceAll("-", "")}`]
      : [`DTSTART:${utc(event.from)}`, `DTEND:${utc(event.to)}`, `LAST-MODIFIED:${utc(changedAt)}`]),
    ...(sequence === undefined ? [] : [`SEQUENCE:${sequence}`]),
    ...(isCancelled ? ["STATUS:CANCELLED"] : []),
    `SUMMARY:${escaped(title)}`,
    ...(text === undefined ? [] : [`DESCRIPTION:${escaped(text)}`]),
    `URL:${address}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ];
}

const escaped = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[\\;,]/g, "\\$&")
    .trim();

// A line has at most 75 bytes; a continued one begins with a space, and no character is cut.
function foldLine(line: string): string {
  const parts: string[] = [];
  let part = "";
  for (const character of line) {
    if (Buffer.byteLength(part + character) > 75) {
      parts.push(part);
      part = " ";
    }
    part += character;
  }
  return [...parts, part].join("\r\n");
}
