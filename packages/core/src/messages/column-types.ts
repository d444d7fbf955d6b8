import { customType, timestamp } from "drizzle-orm/pg-core";

/** A transaction id, as text: 64 bits do not fit in a JavaScript number. */
export const xid8 = customType<{ data: string }>({ dataType: () => "xid8" });
/** A timestamp with time zone. */
export const instant = () => timestamp({ withTimezone: true });
