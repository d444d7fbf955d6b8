import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { instantsOnDanishClock } from "./clock.ts";

const first = Date.parse("0001-01-01T00:00:00Z");
const last = Date.parse("9999-12-31T23:59:59.999Z");
const dayForm = /^\d{4}-\d{2}-\d{2}$/;
const instantForm = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

function faultOfDay(text: string): string | undefined {
  if (!dayForm.test(text)) return "day-form" satisfies Fault;
  return isDay(text) ? undefined : ("unknown-day" satisfies Fault);
}

function faultOfInstant(text: string, isUtc: boolean): string | undefined {
  const [, day = "", zone = ""] = instantForm.exec(text) ?? [];
  if (day === "" || (isUtc && zone !== "Z")) return "instant-form" satisfies Fault;
  if (!isDay(day)) return "unknown-day" satisfies Fault;
  const at = Date.parse(text);
  // JavaScript parses 24:00 as the next midnight; RFC 3339 does not allow it.
  if (Number.isNaN(at) || text.startsWith("T24", 10)) return "unknown-time" satisfies Fault;
  return at >= first && at <= last ? undefined : ("year-range" satisfies Fault);
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

/** A calendar day as text: 2026-03-01. Well-formed days that do not exist (30 February) get their own error. */
export const dayText = () => text(faultOfDay).meta({ format: "date" });

/**
 * An instant as text with its offset (RFC 3339, T and Z in either case), or in UTC only, of a year that the database and all
 * responses can represent. A day or time that does not exist (24:00) gets another error than a text that is not an instant.
 */
export const instantText = (given: { offset: boolean }) =>
  text((each) => faultOfInstant(each, !given.offset)).meta({ format: "date-time" });

/** An instant as `instantText` accepts it, or a day. */
export const momentText = () =>
  text((each) => (each.includes("T") ? faultOfInstant(each, false) : faultOfDay(each)));

const written = /^(?<day>\d{1,2})[-./ ](?<month>\d{1,2})[-./ ](?<year>\d{4})$|^(?<iso>\d{4}-\d{2}-\d{2})$/;

const writtenFaults = ["not-a-day", "not-a-time", "no-such-day"] as const;
export type WrittenFault = (typeof writtenFaults)[number];

/**
 * A calendar day in Danish format (31-12-2026, also with dots or slashes) or ISO 8601; parsed to `YYYY-MM-DD`. A day that does
 * not exist is rejected with `fault: "no-such-day"`, another format with `fault: "not-a-day"`.
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
 * A day and time in Danish format (31-12-2026 kl. 22:00, also with dots) or ISO 8601; parsed to `YYYY-MM-DDTHH:mm`. Rejected like
 * a day: `fault: "no-such-day"`, also for a time that does not exist, or `fault: "not-a-time"`.
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

const writtenClock = /^(?:kl\.?\s*)?(?<hour>\d{1,2})[:.](?<minute>\d{2})$/i;

/** A time of day on the 24-hour clock (22:00, also `kl. 9.05`), whatever the browser's language; parsed to `HH:mm`. */
export const WrittenClock = z
  .string()
  .max(40)
  .transform((text, ctx) => {
    const { hour = "", minute = "" } = writtenClock.exec(text.trim())?.groups ?? {};
    if (hour !== "" && Number(hour) < 24 && Number(minute) < 60) return `${hour.padStart(2, "0")}:${minute}`;
    ctx.addIssue({ code: "custom", message: "clock-form" satisfies Fault });
    return z.NEVER;
  });

/** What is wrong with a day or time, from its schema's issue; undefined for a text that is too long. */
export function faultIn(issue: z.core.$ZodIssue): WrittenFault | undefined {
  return issue.code === "custom"
    ? writtenFaults.find((fault) => fault === issue.params?.["fault"])
    : undefined;
}

/** Which of the two hours is meant when the clock is set back, as a form posts it. */
export const WhichHour = z.enum(["", "summer", "normal"]).default("");

/**
 * The instant of a day and time in Denmark as a form posts it, or what is wrong: not a time, a day or time that does not exist, or
 * a time that occurs twice and no answer to which. Null for an empty text.
 */
export function readDanishTime(
  text: string,
  hour: z.output<typeof WhichHour>,
): Date | null | { fault: "not-a-time" | "no-such-day" | "no-such-time" | "ambiguous-time" } {
  if (text.trim() === "") return null;
  const read = WrittenTime.safeParse(text);
  if (!read.success) {
    const isNoDay = read.error.issues.some((issue) => faultIn(issue) === "no-such-day");
    return { fault: isNoDay ? "no-such-day" : "not-a-time" };
  }
  const [first, second] = instantsOnDanishClock(read.data);
  if (!first) return { fault: "no-such-time" };
  if (!second) return first;
  return hour === "" ? { fault: "ambiguous-time" } : hour === "summer" ? first : second;
}
