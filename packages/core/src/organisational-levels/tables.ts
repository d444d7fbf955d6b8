import { date, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/** The clinical-administrative levels (ID27) of units, edited by the register authority. */
export const organisationalLevels = pgTable(
  "organisational_levels",
  {
    id: uuid().primaryKey(),
    /** Its SNOMED CT id; null until the authority has published one. */
    code: text(),
    name: text().notNull(),
    /** Its place in the hierarchy: the highest level has the lowest number. */
    position: integer().notNull(),
    /** First day on which no unit may be given it any more. */
    expiresOn: date(),
  },
  (table) => [
    uniqueIndex("organisational_levels_code").on(table.code),
    uniqueIndex("organisational_levels_name").on(table.name),
  ],
);
