import { z } from "zod";

const first = Date.parse("0001-01-01T00:00:00Z");
const last = Date.parse("9999-12-31T23:59:59.999Z");
const dayForm = /^\d{4}-\d{2}-\d{2}$/;
const instantForm = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

function faultOfDay(text: string): string | undefined {
  if (!dayForm.test(text)) return "a day looks like 2026-03-01";
  return isDay(text) ? undefined : "there is no such day";
}

function faultOfInstant(text: string, isUtc: boolean): string | undefined {
  const [, day = "", zone = ""] = instantForm.exec(text) ?? [];
  if (day === "" || (isUtc && zone !== "Z")) return "an instant looks like 2026-03-01T10:00:00Z";
  if (!isDay(day)) return "there is no such day";
  const at = Date.parse(text);
  // JavaScript takes 24:00 for the next midnight; RFC 3339 knows no such hour.
  if (Number.isNaN(at) || text.startsWith("T24", 10)) return "there is no such time of day";
  return at >= first && at <= last ? undefined : "a year from 1 to 9999";
}

const text = (faultOf: (text: string) => string | undefined) =>
  z
    .string()
    .max(40)
    .toUpperCase()
    .superRefine((given, c) => {
      const message = faultOf(given);
      if (message !== undefined) c.addIssue({ code: "custom", message });
    });

/** A day of the calendar as text: 2026-03-01. What looks like one and is none (30 February) is told apart. */
export const dayText = () => text(faultOfDay).meta({ format: "date" });

/**
 * An instant as text with its offset (RFC 3339, whose T and Z may be small), or in UTC alone, of a year that the database and all
 * answers can hold. A day or a time of day that does not exist (24:00) is told apart from what is no instant at all.
 */
export const instantText = (given: { offset: boolean }) =>
  text((each) => faultOfInstant(each, !given.offset)).meta({ format: "date-time" });

/** An instant as `instantText` takes it, or a day. */
export const momentText = () =>
  text((each) => (each.includes("T") ? faultOfInstant(each, false) : faultOfDay(each)));

const written = /^(?<day>\d{1,2})[-./ ](?<month>\d{1,2})[-./ ](?<year>\d{4})$|^(?<iso>\d{4}-\d{2}-\d{2})$/;

const writtenFaults = ["not-a-day", "not-a-time", "no-such-day"] as const;
export type WrittenFault = (typeof writtenFaults)[number];

/**
 * A calendar day as it is written in Denmark (31-12-2026, also with dots or slashes) or by ISO 8601; read as `YYYY-MM-DD`. What is
 * no day of the calendar is refused with `fault: "no-such-day"`, what is not written so with `fault: "not-a-day"`.
 */
export const WrittenDay = z
  .string()
  .max(40)
  .transform((text, ctx) => {
    const { iso, year, month = "", day = "" } = written.exec(text.trim())?.groups ?? {};
    const found = iso ?? (year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
    if (found && isDay(found)) return found;
    ctx.addIssue({ code: "custom", params: { fault: found ? "no-such-day" : "not-a-day" } });
    return z.NEVER;
  });

const writtenTime = /^(?<day>.*?)(?:\s+(?:kl\.?\s*)?|T)(?<hour>\d{1,2})[:.](?<minute>\d{2})$/i;

/**
 * A day and a time as they are written in Denmark (31-12-2026 kl. 22:00, also with dots) or by ISO 8601; read as `YYYY-MM-DDTHH:mm`.
 * Refused as a day is: `fault: "no-such-day"`, also for a time that no clock shows, or `fault: "not-a-time"`.
 */
export const WrittenTime = z
  .string()
  .max(40)
  .transform((text, ctx) => {
    const { day = "", hour = "", minute = "" } = writtenTime.exec(text.trim())?.groups ?? {};
    const read = WrittenDay.safeParse(day);
    const isTime = Number(hour) < 24 && Number(minute) < 60;
    if (read.success && isTime) return `${read.data}T${hour.padStart(2, "0")}:${minute}`;
    const isNoDay = read.success || read.error.issues.some((issue) => faultIn(issue) === "no-such-day");
    ctx.addIssue({ code: "custom", params: { fault: isNoDay ? "no-such-day" : "not-a-time" } });
    return z.NEVER;
  });

/** What is wrong with a written day or time, by what its schema found; undefined for what is longer than any. */
export function faultIn(issue: z.core.$ZodIssue): WrittenFault | undefined {
  return issue.code === "custom"
    ? writtenFaults.find((fault) => fault === issue.params?.["fault"])
    : undefined;
}
