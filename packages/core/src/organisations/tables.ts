import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  customType,
  date,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { PostalAddress, Speciality, VirtualAddress } from "./schemas.ts";

/** Folded text, compared character by character, so that one index serves both sorting and prefix search. */
const foldedText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** A unit's identity, which never changes: its SOR id and level. */
export const organisations = pgTable("organisations", {
  sorId: text().primaryKey(),
  level: text({ enum: ["owner", "institution", "unit"] }).notNull(),
  firstFrom: date().notNull(),
});

/**
 * The data of a unit in a period of validity and a period of knowledge. Rows are only ever added and superseded; the present
 * knowledge is the rows with `superseded_at` null.
 */
export const organisationVersions = pgTable(
  "organisation_versions",
  {
    id: uuid().primaryKey(),
    sorId: text()
      .notNull()
      .references(() => organisations.sorId),
    validFrom: date().notNull(),
    /** First day on which it is no longer valid; null for none. */
    validTo: date(),
    recordedAt: timestamp({ withTimezone: true }).notNull(),
    supersededAt: timestamp({ withTimezone: true }),
    parentSorId: text().references((): AnyPgColumn => organisations.sorId),
    name: text().notNull(),
    /** The searched text: lower case, Danish letters folded. */
    searchText: foldedText().notNull(),
    /**
     * A hit is all units with the same `searchOrder` and `searchKey`: the name in Danish order of the unit whose location number they
     * share, and that number; without one, the unit's own name and SOR id. A trigger sets both when they are absent.
     */
    searchOrder: foldedText().notNull().default(""),
    searchKey: text().notNull().default(""),
    /** Type code of its institution, or of the owner itself: what kind of place it is. */
    searchKind: text(),
    /** The unit's level, so that a search can filter without a join. Always set by a trigger. */
    level: text({ enum: ["owner", "institution", "unit"] })
      .notNull()
      .default("unit"),
    /** Owner, institution or unit type, depending on the unit's level. */
    typeCode: text(),
    pharmacyIdentifier: text(),
    shakCode: text(),
    providerNumber: text(),
    localCode: text(),
    localAttributes: text().array().notNull().default(sql`'{}'`),
    cvr: text(),
    pNumber: text(),
    /** The unit's own location number; `glnInherited`: without its own, the nearest ancestor's is effective. */
    gln: text(),
    glnInherited: boolean().notNull().default(false),
    geographicalParentRelation: text(),
    geographicalParentSorId: text(),
    postalAddress: jsonb().$type<PostalAddress>(),
    visitingAddress: jsonb().$type<PostalAddress>(),
    activityAddress: jsonb().$type<PostalAddress>(),
    virtualAddress: jsonb().$type<VirtualAddress>(),
    specialities: jsonb().$type<Speciality[]>().notNull().default([]),
    hasAmbulantActivity: boolean(),
    admitsPatients: boolean(),
    isReportingLevel: boolean(),
    organisationalLevelCode: text(),
    organisationalLevelName: text(),
    regionCode: text(),
    municipalityCode: text(),
    /** The register's own time of last change (SorStatus/UpdatedAt). */
    updatedOn: date(),
  },
  (table) => [
    uniqueIndex("organisation_versions_present")
      .on(table.sorId, table.validFrom)
      .where(sql`${table.supersededAt} is null`),
    index("organisation_versions_parent").on(table.parentSorId).where(sql`${table.supersededAt} is null`),
    index("organisation_versions_gln").on(table.gln).where(sql`${table.supersededAt} is null`),
    // For a supplier's location numbers sorted by their units' names.
    index("organisation_versions_name_gln")
      .on(table.name, table.gln)
      .where(sql`${table.supersededAt} is null and ${table.gln} is not null`),
    index("organisation_versions_shak").on(table.shakCode).where(sql`${table.supersededAt} is null`),
    index("organisation_versions_provider")
      .on(table.providerNumber)
      .where(sql`${table.supersededAt} is null`),
    index("organisation_versions_cvr").on(table.cvr).where(sql`${table.supersededAt} is null`),
    index("organisation_versions_p_number").on(table.pNumber).where(sql`${table.supersededAt} is null`),
    index("organisation_versions_history").on(table.sorId, table.recordedAt),
    index("organisation_versions_search").using("gin", table.searchText.op("gin_trgm_ops")),
    // The order of search results. Covers all columns that a search filters by: the worst search reads this index once and no table.
    index("organisation_versions_search_order")
      .on(
        table.searchOrder,
        table.searchKey,
        table.sorId,
        table.validFrom,
        table.validTo,
        table.level,
        table.regionCode,
        table.municipalityCode,
        table.typeCode,
        table.searchKind,
        table.searchText,
      )
      .where(sql`${table.supersededAt} is null`),
    // For what begins and ends on coming days.
    index("organisation_versions_begins").on(table.validFrom).where(sql`${table.supersededAt} is null`),
    index("organisation_versions_ends")
      .on(table.validTo)
      .where(sql`${table.supersededAt} is null and ${table.validTo} is not null`),
    index("organisation_versions_search_key").on(table.searchKey).where(sql`${table.supersededAt} is null`),
    index("organisation_versions_name")
      .on(table.parentSorId, table.name, table.sorId)
      .where(sql`${table.supersededAt} is null`),
  ],
);

/** Every word that was ever in a search text, numbers apart, added by a trigger; the candidates for misspelled words. */
export const searchWords = pgTable("search_words", { word: text().primaryKey() }, (table) => [
  index("search_words_trigrams").using("gin", table.word.op("gin_trgm_ops")),
]);

/** Which unit succeeded which. */
export const organisationSuccessors = pgTable(
  "organisation_successors",
  {
    fromSorId: text()
      .notNull()
      .references(() => organisations.sorId),
    /** May refer to a unit that is not in the register. */
    toSorId: text().notNull(),
    /** How much it takes over; null where an imported file did not say. */
    share: text({ enum: ["all", "part", "function"] }),
  },
  (table) => [
    primaryKey({ name: "organisation_successors_pair", columns: [table.fromSorId, table.toSorId] }),
  ],
);

/** Units that were registered in error. Their numbers are never given again, and their periods stay as they were published. */
export const organisationWithdrawals = pgTable(
  "organisation_withdrawals",
  {
    sorId: text()
      .primaryKey()
      .references(() => organisations.sorId),
    reason: text({ enum: ["duplicate", "never-existed", "misplaced", "test", "other"] }).notNull(),
    /** First day on which the unit is no longer valid. */
    validTo: date().notNull(),
    recordedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index("organisation_withdrawals_order").on(table.recordedAt, table.sorId)],
);

/** The SHAK classification, one row per code and period, as in SHAKCOMPLETE. */
export const shakCodes = pgTable(
  "shak_codes",
  {
    code: text().notNull(),
    validFrom: date().notNull(),
    validTo: date(),
    lastChanged: date(),
    kind: text({ enum: ["hospital", "department", "ward"] }).notNull(),
    name: text().notNull(),
    searchText: text().notNull(),
    groups: text().array().notNull(),
    /** The mark of change at position 188: 1 new, 3 corrected; null in rows from before there were marks. */
    mark: text({ enum: ["1", "3"] }),
  },
  (table) => [
    primaryKey({ name: "shak_codes_code_from", columns: [table.code, table.validFrom] }),
    index("shak_codes_prefix").on(sql`(${table.code} collate "C")`, table.validFrom),
    index("shak_codes_search").using("gin", table.searchText.op("gin_trgm_ops")),
  ],
);
