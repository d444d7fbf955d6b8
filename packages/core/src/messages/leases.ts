import { type SQL, sql } from "drizzle-orm";
import { isUnleased } from "../queue/index.ts";

/** SQL: whether nobody holds a lease on the delivery `d`. */
export const isFree = (now: Date): SQL => isUnleased(sql`d.lease_until`, now);
