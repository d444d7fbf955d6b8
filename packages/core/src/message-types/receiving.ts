import { type SQL, sql } from "drizzle-orm";

/** SQL: whether a row of `registrations`, named by its alias, is in force for receiving at an instant. */
export const isReceiving = (row: SQL, now: Date): SQL => sql`(${row}.direction = 'receive'
  and ${row}.superseded_at is null and ${row}.valid_from <= ${now.toISOString()}::timestamptz
  and (${row}.valid_to is null or ${row}.valid_to > ${now.toISOString()}::timestamptz))`;
