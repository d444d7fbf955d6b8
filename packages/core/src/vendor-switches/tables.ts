import { sql } from "drizzle-orm";
import {
  boolean,
  date,
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
import { locations, suppliers, systems } from "../endpoints/tables.ts";
import { leaseColumns } from "../queue/tables.ts";
import type { SwitchMapping } from "./schemas.ts";

const instant = () => timestamp({ withTimezone: true });

/** Location numbers that pass from one vendor to another. */
export const vendorSwitches = pgTable(
  "vendor_switches",
  {
    id: uuid().primaryKey(),
    state: text({
      enum: ["offered", "accepted", "running", "halted", "done", "stopped", "returned"],
    }).notNull(),
    /** The present vendor of all its location numbers; null where they have none. */
    fromSupplierId: uuid().references(() => suppliers.id),
    toSupplierId: uuid()
      .notNull()
      .references(() => suppliers.id),
    /** The units that all its location numbers stand below: whose editors may follow and stop it. */
    sorIds: text().array().notNull(),
    /** SHA-256 of the key that the new vendor enters; null once it is used or the switch has ended. */
    keyHash: text(),
    keyExpiresAt: instant(),
    /** A wave is not begun while more than so many of a hundred deliveries of those before it fail. */
    limitPercent: integer().notNull(),
    begunBy: text().notNull(),
    begunAt: instant().notNull(),
    /** What each side wrote for itself; the other side is not shown it. */
    giverNote: text(),
    takerNote: text(),
    acceptedBy: text(),
    acceptedAt: instant(),
    mapping: jsonb().$type<SwitchMapping>(),
    systemId: uuid().references(() => systems.id),
    haltedAt: instant(),
    /** Code of the fault that halted it. */
    fault: text(),
    /** Deliveries are counted since then, after somebody has let it continue. */
    continuedAt: instant(),
    /** How it ends when its waves have been undone; null while nobody has asked for that. */
    endsAs: text({ enum: ["stopped", "returned"] }),
    endedAt: instant(),
  },
  (table) => [
    uniqueIndex("vendor_switches_key").on(table.keyHash).where(sql`${table.keyHash} is not null`),
    index("vendor_switches_from").on(table.fromSupplierId, table.begunAt),
    index("vendor_switches_to").on(table.toSupplierId, table.begunAt),
    index("vendor_switches_state").on(table.state, table.begunAt),
  ],
);

/** The part of a switch that begins on one day: one change set. */
export const vendorSwitchWaves = pgTable(
  "vendor_switch_waves",
  {
    id: uuid().primaryKey(),
    switchId: uuid()
      .notNull()
      .references(() => vendorSwitches.id),
    /** From 1, in order of their days. */
    number: integer().notNull(),
    day: date().notNull(),
    state: text({ enum: ["waiting", "applied", "returning", "returned", "dropped"] })
      .notNull()
      .default("waiting"),
    /** When a worker is to apply or undo it; null while nobody is to. */
    dueAt: instant(),
    ...leaseColumns(),
    /** Its change set; given before it is drafted, so that it is found again after a crash. */
    changeSetId: uuid(),
    appliedAt: instant(),
  },
  (table) => [
    uniqueIndex("vendor_switch_waves_number").on(table.switchId, table.number),
    index("vendor_switch_waves_due").on(table.dueAt).where(sql`${table.dueAt} is not null`),
  ],
);

/** The location numbers of a switch. */
export const vendorSwitchLocations = pgTable(
  "vendor_switch_locations",
  {
    switchId: uuid()
      .notNull()
      .references(() => vendorSwitches.id),
    gln: text()
      .notNull()
      .references(() => locations.gln),
    wave: integer().notNull(),
    /** Whether its switch has not ended: a location number is part of one such switch at most. */
    isOpen: boolean().notNull().default(true),
  },
  (table) => [
    primaryKey({ name: "vendor_switch_locations_gln", columns: [table.switchId, table.gln] }),
    uniqueIndex("vendor_switch_locations_open").on(table.gln).where(sql`${table.isOpen}`),
  ],
);
