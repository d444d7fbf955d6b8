import type { OrganisationAttributes } from "./schemas.ts";
import type { SearchFields } from "./search/search-text.ts";
import type { organisationVersions } from "./tables.ts";

export type VersionRow = typeof organisationVersions.$inferSelect;

/** Attributes as database rows have them: the same fields as `OrganisationAttributes`, without brands. */
export type Attributes = {
  [Key in keyof OrganisationAttributes]: VersionRow[Key];
};

/** The attributes of a version, without its identity, validity and knowledge. */
export function attributesOf(row: VersionRow): Attributes {
  const { id, sorId, validFrom, validTo, recordedAt, supersededAt, level, ...rest } = row;
  const { searchText, searchOrder, searchKey, searchKind, ...attributes } = rest;
  return attributes;
}

/** What a search reads of a version. */
export function searchFieldsOf({
  searchText,
  searchOrder,
  searchKey,
  searchKind,
}: SearchFields): SearchFields {
  return { searchText, searchOrder, searchKey, searchKind };
}
