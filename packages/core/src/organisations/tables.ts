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

/** Folded text, compared message code by message code, so that one index serves both order and beginning of words. */
const foldedText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** A unit's identity, which never changes: its SOR id and level. */
export const organisations = pgTable("organisations", {
  sorId: text().primaryKey(),
  level: text({ enum: ["owner", "institution", "unit"] }).notNull(),
  firstFrom: date().notNull(),
});

/**
 * What a unit was from one day until another, as we knew it from one instant until another.
 * Rows are only ever added and superseded; the present knowledge is the rows with `superseded_at` null.
 */
export const organisationVersions = pgTable(
  "organisation_versions",
  {
    id: uuid().primaryKey(),
    sorId: text()
      .notNull()
      .references(() => organisations.sorId),
    validFrom: date().notNull(),
    /** First day on which it no longer holds; null for open. */
    validTo: date(),
    recordedAt: timestamp({ withTimezone: true }).notNull(),
    supersededAt: timestamp({ withTimezone: true }),
    parentSorId: text().references((): AnyPgColumn => organisations.sorId),
    name: text().notNull(),
    /** Lower case, Danish letters folded; what the search looks in. */
    searchText: foldedText().notNull(),
    /** The unit's level, so that a search can filter without a join. A trigger sets it, whatever is inserted. */
    level: text({ enum: ["owner", "institution", "unit"] })
      .notNull()
      .default("unit"),
    /** Owner, institution or unit type, after the unit's level. */
    typeCode: text(),
    pharmacyIdentifier: text(),
    shakCode: text(),
    providerNumber: text(),
    localCode: text(),
    localAttributes: text().array().notNull().default(sql`'{}'`),
    cvr: text(),
    pNumber: text(),
    /** The unit's own location number; `glnInherited` says that the nearest ancestor's holds when it has none. */
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
    /** The register's own stamp of last change (SorStatus/UpdatedAt). */
    updatedOn: date(),
  },
  (table) => [
    uniqueIndex("organisation_versions_present")
      .on(table.sorId, table.validFrom)
      .where(sql`${table.supersededAt} is null`),
    index("organisation_versions_parent").on(table.parentSorId).where(sql`${table.supersededAt} is null`),
    index("organisation_versions_gln").on(table.gln).where(sql`${table.supersededAt} is null`),
    // A supplier's location numbers in order of their units' names.
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
    // The order of search results. It holds all that a search filters by, so that reading on never touches the table.
    index("organisation_versions_search_order")
      .on(
        table.searchText,
        table.sorId,
        table.validFrom,
        table.validTo,
        table.level,
        table.regionCode,
        table.municipalityCode,
        table.typeCode,
        table.id,
      )
      .where(sql`${table.supersededAt} is null`),
    index("organisation_versions_name")
      .on(table.parentSorId, table.name, table.sorId)
      .where(sql`${table.supersededAt} is null`),
  ],
);

/** Every word that ever stood in a search text; a trigger adds them. A misspelt word is looked for among these. */
export const searchWords = pgTable("search_words", { word: text().primaryKey() }, (table) => [
  index("search_words_trigrams").using("gin", table.word.op("gin_trgm_ops")),
]);

/** Which unit took over after which. */
export const organisationSuccessors = pgTable(
  "organisation_successors",
  {
    fromSorId: text()
      .notNull()
      .references(() => organisations.sorId),
    /** May name a unit that is not in the register. */
    toSorId: text().notNull(),
  },
  (table) => [
    primaryKey({ name: "organisation_successors_pair", columns: [table.fromSorId, table.toSorId] }),
  ],
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
  },
  (table) => [
    primaryKey({ name: "shak_codes_code_from", columns: [table.code, table.validFrom] }),
    index("shak_codes_prefix").on(sql`(${table.code} collate "C")`, table.validFrom),
    index("shak_codes_search").using("gin", table.searchText.op("gin_trgm_ops")),
  ],
);
