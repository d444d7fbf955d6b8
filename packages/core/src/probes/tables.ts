import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "../endpoints/tables.ts";
import { leaseColumns } from "../queue/tables.ts";
import type { ProbeDetail } from "./schemas.ts";

const instant = () => timestamp({ withTimezone: true });

/** One row per probed endpoint: the time of the next probe, its lease, and the results so far. */
export const endpointChecks = pgTable(
  "endpoint_checks",
  {
    endpointId: uuid()
      .primaryKey()
      .references(() => endpoints.id),
    nextProbeAt: instant().notNull(),
    ...leaseColumns(),
    /** When it was last tested on demand, for the rate limit. */
    testedAt: instant(),
    /** Since when a test of its folder is waiting for a gateway. */
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

/** Results of probes; the newest of each endpoint are kept. */
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
