import type { OrganisationAttributes } from "./schemas.ts";
import type { organisationVersions } from "./tables.ts";

export type VersionRow = typeof organisationVersions.$inferSelect;

/** Attributes as database rows have them: the same fields as `OrganisationAttributes`, without brands. */
export type Attributes = {
  [Key in keyof OrganisationAttributes]: VersionRow[Key];
};

/** The attributes of a version, without its identity, validity and knowledge. */
export function attributesOf(row: VersionRow): Attributes {
  const { id, sorId, validFrom, validTo, recordedAt, supersededAt, searchText, level, ...attributes } = row;
  return attributes;
}
