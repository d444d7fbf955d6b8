import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { endpoints, locations, suppliers } from "../endpoints/tables.ts";

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

/** When a version of a message type is phased out, and what follows it, as the register authority decides; no row while it is in use. */
export const versionPhases = pgTable(
  "version_phases",
  {
    messageType: text().notNull(),
    version: text().notNull(),
    /** First day on which it is being phased out. */
    phasedOutFrom: date().notNull(),
    /** First day on which it is not to be used any more; null until that is decided. */
    endsOn: date(),
    /** The type and version that follow it: both or neither. */
    successorType: text(),
    successorVersion: text(),
  },
  (table) => [
    primaryKey({ name: "version_phases_version", columns: [table.messageType, table.version] }),
    check("version_phases_order", sql`${table.endsOn} is null or ${table.phasedOutFrom} < ${table.endsOn}`),
    check(
      "version_phases_successor",
      sql`(${table.successorType} is null) = (${table.successorVersion} is null)`,
    ),
  ],
);

/** A named set of types that location numbers are to receive and send, of the register authority or of a supplier. */
export const typeProfiles = pgTable(
  "type_profiles",
  {
    id: uuid().primaryKey(),
    /** Null: the register authority's, which every supplier may use. */
    supplierId: uuid().references(() => suppliers.id),
    name: text().notNull(),
  },
  (table) => [unique("type_profiles_name").on(table.supplierId, table.name).nullsNotDistinct()],
);

export const profileTypes = pgTable(
  "profile_types",
  {
    profileId: uuid()
      .notNull()
      .references(() => typeProfiles.id, { onDelete: "cascade" }),
    messageType: text().notNull(),
    version: text().notNull(),
    direction: text({ enum: ["receive", "send"] }).notNull(),
  },
  (table) => [
    primaryKey({
      name: "profile_types_type",
      columns: [table.profileId, table.messageType, table.version, table.direction],
    }),
  ],
);

/** The profile of a location number: one at most. */
export const profileLocations = pgTable(
  "profile_locations",
  {
    gln: text()
      .primaryKey()
      .references(() => locations.gln),
    profileId: uuid()
      .notNull()
      .references(() => typeProfiles.id, { onDelete: "cascade" }),
  },
  (table) => [index("profile_locations_profile").on(table.profileId, table.gln)],
);
