import { sql } from "drizzle-orm";
import {
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { endpoints, suppliers } from "../endpoints/tables.ts";
import { alertKinds, alertSeverities } from "./kinds.ts";

const instant = () => timestamp({ withTimezone: true });

/** Counts, ages and codes with more about it; never content, persons or location numbers. */
export type AlertFacts = Record<string, string | number | boolean | null>;

/** One row per occurrence of a fault: seen, open, closed. At most one of a fault is not closed. */
export const alertIncidents = pgTable(
  "alert_incidents",
  {
    id: uuid().primaryKey(),
    kind: text({ enum: alertKinds }).notNull(),
    /** The subject of the fault: `endpoint:…`, `supplier:…`, `node:…` or `gateway`. */
    subject: text().notNull(),
    /** The owner; null for the gateway's own. */
    supplierId: uuid().references(() => suppliers.id),
    endpointId: uuid().references(() => endpoints.id),
    severity: text({ enum: alertSeverities }).notNull(),
    state: text({ enum: ["pending", "open", "closed"] }).notNull(),
    firstSeenAt: instant().notNull(),
    openedAt: instant(),
    clearSince: instant(),
    closedAt: instant(),
    flaps: integer().notNull().default(0),
    facts: jsonb().$type<AlertFacts>().notNull(),
  },
  (table) => [
    uniqueIndex("alert_incidents_present")
      .on(table.kind, table.subject)
      .where(sql`${table.state} <> 'closed'`),
    index("alert_incidents_opened").on(table.openedAt, table.id),
    index("alert_incidents_last").on(table.kind, table.subject, table.closedAt),
  ],
);

/** Faults that a process reported of itself and others cannot see: valid until `until` unless cleared. */
export const alertSignals = pgTable(
  "alert_signals",
  {
    kind: text({ enum: alertKinds }).notNull(),
    subject: text().notNull(),
    until: instant().notNull(),
    facts: jsonb().$type<AlertFacts>().notNull(),
  },
  (table) => [primaryKey({ name: "alert_signals_kind_subject", columns: [table.kind, table.subject] })],
);
