import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "../endpoints/tables.ts";
import type { ProbeDetail } from "./schemas.ts";

const instant = () => timestamp({ withTimezone: true });

/** One row per endpoint that is asked by the clock: when next, by whom now, and what came of it so far. */
export const endpointChecks = pgTable(
  "endpoint_checks",
  {
    endpointId: uuid()
      .primaryKey()
      .references(() => endpoints.id),
    nextProbeAt: instant().notNull(),
    /** One process at a time asks an endpoint; after this anybody may. */
    leaseUntil: instant(),
    leasedBy: text(),
    /** When it was last tested on demand, for the limit of that. */
    testedAt: instant(),
    /** Since when somebody waits for a gateway to try its folder. */
    folderWantedAt: instant(),
    lastSuccessAt: instant(),
    lastFailureAt: instant(),
    failuresInRow: integer().notNull().default(0),
  },
  (table) => [
    index("endpoint_checks_next").on(table.nextProbeAt),
    index("endpoint_checks_wanted").on(table.folderWantedAt).where(sql`${table.folderWantedAt} is not null`),
  ],
);

/** What endpoints answered when they were asked; the newest of each are kept. */
export const endpointProbes = pgTable(
  "endpoint_probes",
  {
    id: uuid().primaryKey(),
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id),
    at: instant().notNull(),
    origin: text({ enum: ["clock", "test"] }).notNull(),
    isUp: boolean().notNull(),
    latencyMilliseconds: integer().notNull(),
    detail: jsonb().$type<ProbeDetail>().notNull(),
  },
  (table) => [index("endpoint_probes_endpoint").on(table.endpointId, table.at)],
);
