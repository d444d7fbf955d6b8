import { sql } from "drizzle-orm";
import { check, index, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { endpoints, locations } from "../endpoints/tables.ts";

/**
 * A registration: a location number receives or sends one type in one version, in one format, at one endpoint, in a half-open
 * period. Rows are only ever added and superseded.
 */
export const registrations = pgTable(
  "registrations",
  {
    id: uuid().primaryKey(),
    gln: text()
      .notNull()
      .references(() => locations.gln),
    /** Message type code of the format: DIS91, XDIS91, FDIS91. */
    messageType: text().notNull(),
    /** Version code: D9134L, XD9134L, 5.0. */
    version: text().notNull(),
    format: text({ enum: ["EDIFACT", "XML", "FHIR"] }).notNull(),
    direction: text({ enum: ["receive", "send"] })
      .notNull()
      .default("receive"),
    /** Null only for types to send. */
    endpointId: uuid().references(() => endpoints.id),
    validFrom: timestamp({ withTimezone: true }).notNull(),
    validTo: timestamp({ withTimezone: true }),
    recordedAt: timestamp({ withTimezone: true }).notNull(),
    supersededAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    uniqueIndex("registrations_present")
      .on(table.gln, table.messageType, table.version, table.direction, table.validFrom)
      .where(sql`${table.supersededAt} is null`),
    // Covering index, to find and count the receivers of a type without reading the rows.
    index("registrations_type")
      .on(table.messageType, table.gln, table.version, table.validFrom, table.validTo)
      .where(sql`${table.supersededAt} is null and ${table.direction} = 'receive'`),
    // For finding the registrations at an endpoint that is to be closed.
    index("registrations_endpoint").on(table.endpointId, table.gln).where(sql`${table.supersededAt} is null`),
    // For what begins and ends in a span of time.
    index("registrations_begins").on(table.validFrom).where(sql`${table.supersededAt} is null`),
    index("registrations_ends")
      .on(table.validTo)
      .where(sql`${table.supersededAt} is null and ${table.validTo} is not null`),
    check("registrations_validity", sql`${table.validTo} is null or ${table.validFrom} < ${table.validTo}`),
    index("registrations_history").on(table.gln, table.recordedAt),
  ],
);
