import { sql } from "drizzle-orm";
import { index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { users } from "../access/tables.ts";
import { suppliers } from "../endpoints/tables.ts";
import { leaseColumns } from "../queue/tables.ts";
import type { FileReport } from "./file-rows.ts";
import type { BulkResult } from "./schemas.ts";

/** A search of the list of location numbers that an account has kept. */
export const savedSearches = pgTable(
  "saved_searches",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** The query string of the list. */
    query: text().notNull(),
    savedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ name: "saved_searches_name", columns: [table.userId, table.name] })],
);

/** A bulk edit that a program has asked for; the gateway's worker carries it out. */
export const bulkJobs = pgTable(
  "bulk_jobs",
  {
    id: uuid().primaryKey(),
    /** Whose edit it is, and whose permissions hold when it is carried out. */
    actorKind: text({ enum: ["user", "key"] }).notNull(),
    actorId: uuid().notNull(),
    supplierId: uuid().references(() => suppliers.id),
    request: jsonb().notNull(),
    state: text({ enum: ["waiting", "planning", "checking", "applying", "ended", "failed"] })
      .notNull()
      .default("waiting"),
    /** What became of it; null until it has ended. */
    result: jsonb().$type<BulkResult>(),
    /** Code of the refusal that ended it. */
    fault: text(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    endedAt: timestamp({ withTimezone: true }),
    ...leaseColumns(),
  },
  (table) => [
    index("bulk_jobs_open").on(table.createdAt).where(sql`${table.endedAt} is null`),
    index("bulk_jobs_actor").on(table.actorId, table.createdAt),
    index("bulk_jobs_ended").on(table.endedAt).where(sql`${table.endedAt} is not null`),
  ],
);

/** What came of an uploaded file of registrations. */
export const bulkFiles = pgTable(
  "bulk_files",
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    fileName: text().notNull(),
    takenAt: timestamp({ withTimezone: true }).notNull(),
    report: jsonb().$type<FileReport>().notNull(),
    /** The set with its changes; null where it has none. */
    changeSetId: uuid(),
  },
  (table) => [index("bulk_files_user").on(table.userId, table.takenAt)],
);
