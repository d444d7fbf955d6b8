import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/** A row without a lease: worked off, or given back. */
export const noLease = { leaseToken: null, leaseUntil: null } as const;

/** SQL: whether no process holds the lease that ends at the value of this column. */
export const isUnleased = (leaseUntil: SQLWrapper, now: Date): SQL =>
  sql`(${leaseUntil} is null or ${leaseUntil} <= ${now.toISOString()}::timestamptz)`;

/** Whether a process holds a lease on the row. */
export const isInHand = ({ leaseUntil }: { leaseUntil: Date | null }, now: Date): boolean =>
  leaseUntil !== null && leaseUntil > now;

/** Whether a row is still leased to whom took it: after the lease expired another process may have taken it. */
export const isStillMine = (row: { leaseToken: string | null }, taken: { leaseToken: string }): boolean =>
  row.leaseToken === taken.leaseToken;
