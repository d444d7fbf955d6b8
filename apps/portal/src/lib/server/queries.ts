import { DomainError } from "@sor/core";
import type { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { faultText } from "./fault-text.ts";

function givenIn(url: URL): Record<string, string> {
  const given = [...url.searchParams].filter(([name, value]) => value.trim() !== "" && name !== "lang");
  return Object.fromEntries(given.map(([name, value]) => [name, value.trim()]));
}

const unreadable = (issues: readonly z.core.$ZodIssue[]) =>
  new DomainError("invalid", "query-unreadable", {
    fields: issues.map((issue) => issue.path.join(".")),
  });

/**
 * Parses a query string with a schema; empty values count as absent, and `lang` is allowed on every page. Throws `invalid` (400)
 * for what the schema refuses.
 */
export function readQuery<Schema extends z.ZodType>(schema: Schema, url: URL): z.output<Schema> {
  const read = schema.safeParse(givenIn(url));
  if (read.success) return read.data;
  throw unreadable(read.error.issues);
}

/**
 * Parses the query of a page with a filter form. An invalid value in one of the fields `typed` becomes a problem at that field,
 * and the rest is parsed. Throws `invalid` (400) for other faults, which the form cannot produce.
 */
export function readFilter<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  url: URL,
  typed: readonly (keyof Shape & string)[],
): { query: z.output<z.ZodObject<Shape>>; problem: FormProblem | null } {
  const given = givenIn(url);
  const read = schema.safeParse(given);
  if (read.success) return { query: read.data, problem: null };
  const problem: FormProblem = { values: {}, fieldFaults: {}, formFaults: [] };
  for (const issue of read.error.issues) {
    const field = String(issue.path[0]);
    if (!typed.includes(field)) throw unreadable(read.error.issues);
    problem.fieldFaults[field] = [faultText(issue)];
  }
  for (const [name, value] of Object.entries(given)) problem.values[name] = [value];
  const rest = Object.entries(given).filter(([name]) => !(name in problem.fieldFaults));
  return { query: schema.parse(Object.fromEntries(rest)), problem };
}

/** Parses a path parameter with a schema of core. Throws `not-found` if it is invalid. */
export function readParam<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  const read = schema.safeParse(text);
  if (read.success) return read.data;
  throw new DomainError("not-found", "no-such-address");
}
