import { type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { Moment } from "./schemas.ts";

/** The day within a row's validity, and the instant within its knowledge; null for present knowledge. */
export type At = { validAt: string; knownAt: Date | null };

/** The requested moment; default: today, as known now. */
export function momentOf(ctx: Context, { validAt, knownAt }: Moment): At {
  return { validAt: validAt ?? dayInDenmark(ctx.now), knownAt: knownAt ?? null };
}

/** Condition that a version row, with this alias in the query, was valid on the day as known at the instant. */
export function heldAt(name: string, { validAt, knownAt }: At): SQL {
  const row = sql.identifier(name);
  return sql`(${row}.valid_from <= ${validAt} and (${row}.valid_to is null or ${row}.valid_to > ${validAt}) and ${knownAtSql(row, knownAt)})`;
}

/** Condition that a version row is present knowledge and has not ended on the day; it may begin later. */
export function notEndedOn(name: string, day: string): SQL {
  const row = sql.identifier(name);
  return sql`(${row}.superseded_at is null and (${row}.valid_to is null or ${row}.valid_to > ${day}))`;
}

/** Condition that a version row was known at the instant; null: is present knowledge. */
export function knownAtSql(row: ReturnType<typeof sql.identifier>, knownAt: Date | null): SQL {
  if (knownAt === null) return sql`${row}.superseded_at is null`;
  const instant = knownAt.toISOString();
  return sql`${row}.recorded_at <= ${instant}::timestamptz and (${row}.superseded_at is null or ${row}.superseded_at > ${instant}::timestamptz)`;
}
