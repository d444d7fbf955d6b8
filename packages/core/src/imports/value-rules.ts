import { Gln, ProviderNumber, Shak, SorCode, SorId } from "../identifiers/index.ts";
import type { Finding, Rule } from "./faults.ts";

/** The rule that a text breaks, or undefined. Texts are trimmed and not empty. */
export type ValueRule = (text: string) => { rule: Rule; about?: Finding["about"] } | undefined;

const matches =
  (pattern: RegExp, rule: Rule): ValueRule =>
  (text) =>
    pattern.test(text) ? undefined : { rule };

const parses =
  (schema: { safeParse: (text: string) => { success: boolean } }, rule: Rule): ValueRule =>
  (text) =>
    schema.safeParse(text).success ? undefined : { rule };

/** A text of between `min` and `max` characters. */
export const text =
  (min: number, max: number): ValueRule =>
  (value) => {
    if (value.length > max) return { rule: "too-long", about: max };
    return value.length < min ? { rule: "too-short", about: min } : undefined;
  };

/** A day in XML Schema format, `YYYY-MM-DD`, with or without a time zone. */
export const day: ValueRule = (value) =>
  /^\d{4}-\d{2}-\d{2}(?:Z|[+-]\d{2}:\d{2})?$/.test(value) && isDay(value.slice(0, 10))
    ? undefined
    : { rule: "not-day" };

/** Whether a text of the form `YYYY-MM-DD` is an existing calendar day. */
export function isDay(value: string): boolean {
  const instant = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(value);
}

export const number = matches(/^\d{1,18}$/, "not-number");
export const boolean = matches(/^(?:true|false|1|0)$/, "not-boolean");
export const instant = matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/, "not-instant");
export const region = matches(/^\d{4}$/, "not-region");
export const sorId = parses(SorId, "not-sor-id");
export const gln = parses(Gln, "not-gln");
export const shak = parses(Shak, "not-shak");
export const provider = parses(ProviderNumber, "not-provider");
export const code = parses(SorCode, "not-code");
