import { startOfDayInDenmark } from "@sor/core/validity";
import { FhirFault } from "./outcome.ts";

/** A value of a token: `system|code`, `|code`, `system|` or a code alone. */
export type Token = { system: string | undefined; code: string };

export const unescaped = (text: string) => text.replace(/\\([\\,$|])/g, "$1");

/** The alternatives of a value, separated by commas that are not escaped. */
export const alternatives = (value: string): string[] =>
  (value.match(/(?:\\.|[^,\\])+/gs) ?? []).map((text) => text.trim()).filter((text) => text !== "");

export function readToken(value: string): Token {
  const [, system, code] = /^((?:\\.|[^|\\])*)\|(.*)$/s.exec(value) ?? [];
  return code === undefined || system === undefined
    ? { system: undefined, code: unescaped(value) }
    : { system: unescaped(system), code: unescaped(code) };
}

const prefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"] as const;
type DateValue = { prefix: (typeof prefixes)[number]; from: Date; to: Date };

const dateForm =
  /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d{4})(?:-(\d\d)(?:-(\d\d)(T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)?)?$/;
const dayStart = (year: number, month: number, day: number) => {
  const text = new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
  return startOfDayInDenmark(text);
};

type Read = { year: number; month: number; day: number; parts: number };

/** The span of a year, a month or a day in Denmark. */
function spanOf({ year, month, day, parts }: Read): { from: Date; to: Date } {
  const ends = [dayStart(year + 1, 1, 1), dayStart(year, month + 1, 1), dayStart(year, month, day + 1)];
  return { from: dayStart(year, month, day), to: ends[parts] ?? dayStart(year, month, day + 1) };
}

function spanOfTime(text: string, at: string): { from: Date; to: Date } {
  const from = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(from.getTime())) throw new FhirFault(400, "value", "There is no such instant.", at);
  const precision = text.includes(".") ? 1 : /T\d\d:\d\d:\d\d/.test(text) ? 1000 : 60_000;
  return { from, to: new Date(from.getTime() + precision) };
}

const isReal = ({ year, month, day }: Read) =>
  year >= 1000 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= new Date(Date.UTC(year, month, 0)).getUTCDate();

/** A date or instant with its prefix, as the span of time that its precision leaves open. A day is one in Denmark. */
export function readDate(value: string, at: string): DateValue {
  // A plus sign of an offset becomes a space in a form.
  const found = dateForm.exec(value.replace(" ", "+"));
  if (!found)
    throw new FhirFault(400, "value", "Not a date of FHIR: YYYY, YYYY-MM, YYYY-MM-DD or an instant.", at);
  const [, prefix = "eq", year, month, day, time] = found;
  const parts = [month, day].filter((part) => part !== undefined).length;
  const read = { year: Number(year), month: Number(month ?? 1), day: Number(day ?? 1), parts };
  if (!isReal(read)) throw new FhirFault(400, "value", "There is no such day.", at);
  const span = time === undefined ? spanOf(read) : spanOfTime(`${year}-${month}-${day}${time}`, at);
  return { prefix: prefix as DateValue["prefix"], ...span };
}
