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

/** A system supplier (leverandør); a vendor in the portal is the supplier its users belong to. */
export const suppliers = pgTable(
  "suppliers",
  {
    id: uuid().primaryKey(),
    /** SOR's code of the supplier, if any. */
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
    /** SOR's system type, if any. */
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
    /** The version of the product that was tested. */
    productVersion: text().notNull(),
    messageType: text().notNull(),
    version: text().notNull(),
    direction: text({ enum: ["receive", "send"] }).notNull(),
    approvedOn: date().notNull(),
    /** First day on which it is no longer valid. */
    expiresOn: date(),
    /** The tester's number of the test or certificate. */
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

/** An endpoint of a system: one address for many location numbers. */
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
    /** When the address was last changed: earlier verifications do not apply. */
    addressSince: timestamp({ withTimezone: true }),
    mimeTypes: text().array().notNull().default(sql`'{}'`),
    /** Standard Webhooks secrets (`whsec_…`), sealed; newest first, the older ones are used until their ends. */
    secrets: jsonb().$type<KeptSecret[]>().notNull().default([]),
    /** Messages that are not UTF-8 get a second signature, over the text that libraries decode from them. */
    signsText: boolean().notNull().default(false),
    state: text({ enum: ["active", "paused", "closed"] })
      .notNull()
      .default("active"),
    pausedUntil: timestamp({ withTimezone: true }),
    pauseReason: text(),
    /**
     * A draining endpoint is paused but still gets the messages accepted for it before this time; null when it does not drain.
     */
    drainingSince: timestamp({ withTimezone: true }),
    /** Its state when draining is finished. */
    drainThen: text({ enum: ["paused", "closed"] }),
    technicalContact: text(),
    /** How the webhook is probed at regular intervals. */
    probeWith: text({ enum: ["handshake", "head", "options", "test-event", "nothing"] })
      .notNull()
      .default("options"),
    /** Messages of one sender, one receiver and one type are delivered one after the other, in the order they were accepted. */
    isOrdered: boolean().notNull().default(false),
    /** Its retry settings; null: the gateway's default. */
    retry: jsonb().$type<RetryRule>(),
    // Measured, not edited: not part of the ETag of an edit and, for the first, not journalled.
    lastVerifiedAt: timestamp({ withTimezone: true }),
    /** SHA-256 of the certificate seen by the last probe, hexadecimal, and its expiry. */
    certificateSha256: text(),
    certificateExpiresAt: timestamp({ withTimezone: true }),
  },
  (table) => [uniqueIndex("endpoints_name").on(table.supplierId, table.name)],
);

/** A location number's identity. Never reused. */
export const locations = pgTable("locations", {
  gln: text().primaryKey(),
});

/** The data of a location number in a period of validity and a period of knowledge. */
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
    /** The supplier responsible for the location number: its users may edit what it receives. */
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
    // Covering index, to count a supplier's location numbers without reading the rows.
    index("location_versions_supplier")
      .on(table.supplierId, table.gln, table.validFrom, table.validTo, table.nonActive)
      .where(sql`${table.supersededAt} is null`),
    index("location_versions_system").on(table.systemId, table.gln).where(sql`${table.supersededAt} is null`),
    index("location_versions_history").on(table.gln, table.recordedAt),
  ],
);
