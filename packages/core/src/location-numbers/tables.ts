import { bigint, boolean, date, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** A range of location numbers that this installation gives out: a prefix, and the numbers after it up to the check digit. */
export const locationNumberRanges = pgTable("location_number_ranges", {
  id: uuid().primaryKey(),
  prefix: text().notNull(),
  from: bigint({ mode: "number" }).notNull(),
  /** The last one, inclusive. */
  to: bigint({ mode: "number" }).notNull(),
  /** The first one that was never given out, reserved or found taken; `to` + 1 when none is left. */
  next: bigint({ mode: "number" }).notNull(),
  isOpen: boolean().notNull().default(true),
  note: text(),
});

/** A location number that was given out, reserved or retired. Rows are never removed, so that no number is given out twice. */
export const locationNumbers = pgTable("location_numbers", {
  gln: text().primaryKey(),
  state: text({ enum: ["reserved", "allocated", "released", "retired"] }).notNull(),
  /** For whom or what. */
  holder: text(),
  /** The unit under whose part of the register it belongs; null for one of the authority's. */
  unitSorId: text(),
  /** First day on which a reservation no longer holds. */
  reservedUntil: date(),
  changedAt: timestamp({ withTimezone: true }).notNull(),
});
