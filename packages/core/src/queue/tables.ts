import { integer, timestamp, uuid } from "drizzle-orm/pg-core";

const instant = () => timestamp({ withTimezone: true });

/** The lease of a row: only the process that holds the token works on it, until then. */
export const leaseColumns = () => ({ leaseToken: uuid(), leaseUntil: instant() });

/** What a row to be sent needs besides its content and its receiver, of which it has one. */
export const sendingColumns = () => ({
  createdAt: instant().notNull(),
  nextAttemptAt: instant().notNull(),
  attempts: integer().notNull().default(0),
  ...leaseColumns(),
  doneAt: instant(),
});
