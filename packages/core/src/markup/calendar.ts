/** An event that lasts one day, `YYYY-MM-DD`. The uid never changes. */
type CalendarDay = { uid: string; day: string; changedAt: Date; title: string; address: string };

/** A calendar by RFC 5545 with one event of a whole day each; the same content gives the same bytes. */
export function calendarDocument({ name, days }: { name: string; days: readonly CalendarDay[] }): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//SOR//Kommende ændringer//DA",
    "METHOD:PUBLISH",
    `X-WR-CALNAME:${escaped(name)}`,
    ...days.flatMap(eventLines),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join("");
}

function eventLines({ uid, day, changedAt, title, address }: CalendarDay): string[] {
  return [
    "BEGIN:VEVENT",
    `UID:${escaped(uid)}`,
    `DTSTAMP:${changedAt
      .toISOString()
      .replace(/\.\d{3}/, "")
      .replace(/[-:]/g, "")}`,
    `DTSTART;VALUE=DATE:${day.replaceAll("-", "")}`,
    `SUMMARY:${escaped(title)}`,
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
