import { z } from "zod";

const first = Date.parse("0001-01-01T00:00:00Z");
const last = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * An instant as text with its offset (RFC 3339), or in UTC alone, of a year that the database and all answers can hold. Others
 * (the year 0, or 10000 by its offset) are refused as they are read, with the place.
 */
export const instantText = (given: { offset: boolean }) =>
  z.iso.datetime(given).refine((text) => {
    const at = Date.parse(text);
    // What is no instant at all has been told already.
    return Number.isNaN(at) || (at >= first && at <= last);
  }, "a year from 1 to 9999");

const written = /^(?<day>\d{1,2})[-./ ](?<month>\d{1,2})[-./ ](?<year>\d{4})$|^(?<iso>\d{4}-\d{2}-\d{2})$/;

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
    if (found && z.iso.date().safeParse(found).success) return found;
    ctx.addIssue({ code: "custom", params: { fault: found ? "no-such-day" : "not-a-day" } });
    return z.NEVER;
  });
