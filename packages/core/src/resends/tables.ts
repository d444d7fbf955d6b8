import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { suppliers } from "../endpoints/tables.ts";
import { instant } from "../messages/index.ts";
import type { LeftOut } from "./decide-resends.ts";

/** A request to resend many messages, which are processed a few at a time. */
export const resendJobs = pgTable(
  "resend_jobs",
  {
    id: uuid().primaryKey(),
    /** Who started it, and whose permissions are checked for each message when it is sent. */
    actorKind: text({ enum: ["user", "key"] }).notNull(),
    actorId: uuid().notNull(),
    supplierId: uuid().references(() => suppliers.id),
    reason: text().notNull(),
    messages: integer().notNull(),
    leftOut: jsonb().$type<LeftOut[]>().notNull(),
    createdAt: instant().notNull(),
    endedAt: instant(),
    /** It was stopped before its end. */
    isStopped: boolean().notNull().default(false),
  },
  (table) => [
    index("resend_jobs_open").on(table.createdAt).where(sql`${table.endedAt} is null`),
    index("resend_jobs_ended").on(table.endedAt).where(sql`${table.endedAt} is not null`),
    index("resend_jobs_actor").on(table.actorId, table.createdAt),
  ],
);

/** A message of such a job: waiting, resent as `copyId`, or refused; updated in the transaction that sends it. */
export const resendMessages = pgTable(
  "resend_messages",
  {
    jobId: uuid()
      .notNull()
      .references(() => resendJobs.id, { onDelete: "cascade" }),
    position: integer().notNull(),
    messageId: uuid().notNull(),
    copyId: uuid(),
    refused: text(),
  },
  (table) => [
    primaryKey({ name: "resend_messages_key", columns: [table.jobId, table.position] }),
    index("resend_messages_waiting")
      .on(table.jobId, table.position)
      .where(sql`${table.copyId} is null and ${table.refused} is null`),
  ],
);
