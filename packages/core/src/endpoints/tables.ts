import { sql } from "drizzle-orm";
import {
  boolean,
  date,
  index,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { RetryRule } from "./schemas.ts";
import type { KeptSecret } from "./signing-secrets.ts";

/** A system supplier (leverandør); a vendor of the portal is the supplier its users belong to. */
export const suppliers = pgTable(
  "suppliers",
  {
    id: uuid().primaryKey(),
    /** SOR's code of the supplier, where it has one. */
    sorCode: text(),
    name: text().notNull(),
    email: text(),
    telephone: text(),
    isActive: boolean().notNull().default(true),
  },
  (table) => [
    uniqueIndex("suppliers_sor_code").on(table.sorCode),
    uniqueIndex("suppliers_name").on(table.name),
  ],
);

/** A net operator (VANS), by SOR's code. */
export const netOperators = pgTable("net_operators", {
  code: text().primaryKey(),
  name: text().notNull(),
});

/** A supplier's product that receives messages, for instance a practice record system. */
export const systems = pgTable(
  "systems",
  {
    id: uuid().primaryKey(),
    supplierId: uuid()
      .notNull()
      .references(() => suppliers.id),
    /** SOR's system type, where it has one. */
    sorCode: text(),
    name: text().notNull(),
    version: text(),
  },
  (table) => [uniqueIndex("systems_name").on(table.supplierId, table.name)],
);

/** Which message types a product is approved for, in which of its versions; written by the register authority. */
export const systemApprovals = pgTable(
  "system_approvals",
  {
    id: uuid().primaryKey(),
    systemId: uuid()
      .notNull()
      .references(() => systems.id),
    /** The product's version that was tested. */
    productVersion: text().notNull(),
    messageType: text().notNull(),
    version: text().notNull(),
    direction: text({ enum: ["receive", "send"] }).notNull(),
    approvedOn: date().notNull(),
    /** First day on which it no longer holds. */
    expiresOn: date(),
    /** The test's or certificate's number with whoever tested. */
    reference: text(),
  },
  (table) => [
    uniqueIndex("system_approvals_key").on(
      table.systemId,
      table.productVersion,
      table.messageType,
      table.version,
      table.direction,
    ),
  ],
);

/** Where a system takes messages: one address for many location numbers. */
export const endpoints = pgTable(
  "endpoints",
  {
    id: uuid().primaryKey(),
    supplierId: uuid()
      .notNull()
      .references(() => suppliers.id),
    systemId: uuid().references(() => systems.id),
    name: text().notNull(),
    transport: text({ enum: ["webhook", "mailbox", "folder"] }).notNull(),
    /** Absolute https or http address of a webhook, path of a folder below its supplier's; null for a mailbox. */
    address: text(),
    /** When the address was last changed: what answered before that says nothing of it. */
    addressSince: timestamp({ withTimezone: true }),
    mimeTypes: text().array().notNull().default(sql`'{}'`),
    /** Standard Webhooks secrets (`whsec_…`), sealed; newest first, the older ones sign until their ends. */
    secrets: jsonb().$type<KeptSecret[]>().notNull().default([]),
    /** Messages that are not UTF-8 get a second signature, over the text that libraries make of them. */
    signsText: boolean().notNull().default(false),
    state: text({ enum: ["active", "paused", "closed"] })
      .notNull()
      .default("active"),
    pausedUntil: timestamp({ withTimezone: true }),
    pauseReason: text(),
    /** A paused endpoint that still sends what was taken in for it until then; null when it does not drain. */
    drainingSince: timestamp({ withTimezone: true }),
    /** What it becomes when nothing of that is left. */
    drainThen: text({ enum: ["paused", "closed"] }),
    technicalContact: text(),
    /** How the clock asks a webhook whether it answers. */
    probeWith: text({ enum: ["handshake", "head", "options", "test-event", "nothing"] })
      .notNull()
      .default("options"),
    /** Messages of one sender, one receiver and one type are handed over one after the other, as they were taken in. */
    isOrdered: boolean().notNull().default(false),
    /** How its messages are tried again; null: as the gateway's settings say. */
    retry: jsonb().$type<RetryRule>(),
    // Measured, not edited: neither part of the tag of an edit nor, for the first, of the journal.
    lastVerifiedAt: timestamp({ withTimezone: true }),
    /** SHA-256 of the certificate that the last probe met, hexadecimal, and its end. */
    certificateSha256: text(),
    certificateExpiresAt: timestamp({ withTimezone: true }),
  },
  (table) => [uniqueIndex("endpoints_name").on(table.supplierId, table.name)],
);

/** A location number's identity. Never given out again. */
export const locations = pgTable("locations", {
  gln: text().primaryKey(),
});

/** What held for a location number from one day until another, as we knew it from one instant until another. */
export const locationVersions = pgTable(
  "location_versions",
  {
    id: uuid().primaryKey(),
    gln: text()
      .notNull()
      .references(() => locations.gln),
    validFrom: date().notNull(),
    validTo: date(),
    recordedAt: timestamp({ withTimezone: true }).notNull(),
    supersededAt: timestamp({ withTimezone: true }),
    onlyInternal: boolean().notNull().default(false),
    nonActive: boolean().notNull().default(false),
    systemId: uuid().references(() => systems.id),
    /** The supplier that answers for the location number: whose users may edit what it receives. */
    supplierId: uuid().references(() => suppliers.id),
    netOperatorCode: text().references(() => netOperators.code),
    regionCode: text(),
    ediAdministrator: text(),
    note: text(),
    successorGln: text(),
  },
  (table) => [
    uniqueIndex("location_versions_present")
      .on(table.gln, table.validFrom)
      .where(sql`${table.supersededAt} is null`),
    // Wide enough to count a supplier's location numbers without reading the rows.
    index("location_versions_supplier")
      .on(table.supplierId, table.gln, table.validFrom, table.validTo, table.nonActive)
      .where(sql`${table.supersededAt} is null`),
    index("location_versions_system").on(table.systemId, table.gln).where(sql`${table.supersededAt} is null`),
    index("location_versions_history").on(table.gln, table.recordedAt),
  ],
);
