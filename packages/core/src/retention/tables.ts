import { bigint, index, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { pruneKinds } from "./retention.ts";

const instant = () => timestamp({ withTimezone: true });

/** One retention run: what it removed, of which time, and how it ended. Kept permanently. */
export const pruneRuns = pgTable(
  "prune_runs",
  {
    id: uuid().primaryKey(),
    kind: text({ enum: pruneKinds }).notNull(),
    startedAt: instant().notNull(),
    endedAt: instant(),
    outcome: text({ enum: ["running", "done", "failed"] }).notNull(),
    /** Everything older than this was due. */
    before: instant().notNull(),
    /** Of what was removed: oldest, newest, count and bytes. */
    oldestAt: instant(),
    newestAt: instant(),
    removed: integer().notNull().default(0),
    removedBytes: bigint({ mode: "number" }).notNull().default(0),
    /** SHA-256 (hexadecimal) over the ids of what was removed, in order of batches. */
    certificate: text(),
    /** An error code, never text of a row. */
    error: text(),
  },
  (table) => [index("prune_runs_kind").on(table.kind, table.startedAt)],
);
