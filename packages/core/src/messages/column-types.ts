import { customType, timestamp } from "drizzle-orm/pg-core";

/** Bytes as they are. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
/** The number of a transaction, as text: it is wider than a JavaScript integer. */
export const xid8 = customType<{ data: string }>({ dataType: () => "xid8" });
/** A point in time. */
export const instant = () => timestamp({ withTimezone: true });
