import { expect, test } from "vitest";
import { calendarDocument } from "./index.ts";

const day = {
  uid: "unit-1-2027-01-01",
  day: "2027-01-01",
  changedAt: new Date("2026-12-01T08:30:15.123Z"),
  title: "Øjenklinik",
  address: "https://example.dk/enhed/1",
};

test("a day is an event of the whole day, with lines that end in CRLF", () => {
  expect(calendarDocument({ name: "Kommende", days: [day] }).split("\r\n")).toEqual([
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//SOR//Kommende ændringer//DA",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:Kommende",
    "BEGIN:VEVENT",
    "UID:unit-1-2027-01-01",
    "DTSTAMP:20261201T083015Z",
    "DTSTART;VALUE=DATE:20270101",
    "SUMMARY:Øjenklinik",
    "URL:https://example.dk/enhed/1",
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ]);
});

test("a name cannot add lines or fields of its own, and long lines are folded between characters", () => {
  const title = `A;B,C\\D\r\nATTENDEE:x ${"ø".repeat(100)}`;
  const text = calendarDocument({ name: "x", days: [{ ...day, title }] });
  const lines = text.split("\r\n");
  expect(lines.some((line) => line.startsWith("ATTENDEE"))).toBe(false);
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  expect(text.replaceAll("\r\n ", "")).toContain(`SUMMARY:A\\;B\\,C\\\\D ATTENDEE:x ${"ø".repeat(100)}\r\n`);
});
