import { type SQL, sql } from "drizzle-orm";
import type { deliveries } from "./tables.ts";

type Lease = Pick<typeof deliveries.$inferSelect, "leaseUntil">;

/** Whether somebody holds a lease on the delivery. */
export const isInHand = ({ leaseUntil }: Lease, now: Date): boolean =>
  leaseUntil !== null && leaseUntil > now;

/** SQL: whether nobody holds a lease on the delivery `d`. */
export const isFree = (now: Date): SQL =>
  sql`(d.lease_until is null or d.lease_until <= ${now.toISOString()}::timestamptz)`;
