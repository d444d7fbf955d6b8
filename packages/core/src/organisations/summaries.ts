import { eq, type SQL } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { ReadDatabase } from "../database/index.ts";
import { effectiveValues } from "./inherit.ts";
import type { At } from "./moment.ts";
import { loadPaths } from "./paths.ts";
import type { OrganisationLevel } from "./schemas.ts";
import { organisations, organisationVersions } from "./tables.ts";

export type PathStep = { sorId: string; level: OrganisationLevel; name: string };

/** A unit in lists and search results. */
export type OrganisationSummary = {
  sorId: string;
  level: OrganisationLevel;
  name: string;
  typeCode: string | null;
  /** Town and post code of the effective postal address, own or inherited. */
  town: string | null;
  postCode: string | null;
  /** The effective location number, own or inherited. */
  gln: string | null;
  glnInherited: boolean;
  shakCode: string | null;
  providerNumber: string | null;
  cvr: string | null;
  pNumber: string | null;
  regionCode: string | null;
  municipalityCode: string | null;
  validFrom: string;
  /** First day on which this is no longer valid; null for none. */
  validTo: string | null;
  /** From the institution owner down to the unit itself. */
  path: PathStep[];
};

/** The version rows as lists read them; conditions use the alias `v`, and `o` for the identity. */
export const v = alias(organisationVersions, "v");
export const o = alias(organisations, "o");

export const summaryColumns = {
  sorId: v.sorId,
  level: o.level,
  name: v.name,
  typeCode: v.typeCode,
  shakCode: v.shakCode,
  providerNumber: v.providerNumber,
  cvr: v.cvr,
  pNumber: v.pNumber,
  regionCode: v.regionCode,
  municipalityCode: v.municipalityCode,
  validFrom: v.validFrom,
  validTo: v.validTo,
};

export type SummaryRow = Omit<OrganisationSummary, "town" | "postCode" | "gln" | "glnInherited" | "path">;

/** Rows for a list by a condition on `v` and `o`, sorted, at most `limit`. */
export async function selectSummaryRows(
  db: ReadDatabase,
  { where, orderBy, limit }: { where: SQL; orderBy: SQL[]; limit: number },
): Promise<SummaryRow[]> {
  return await db
    .select(summaryColumns)
    .from(v)
    .innerJoin(o, eq(o.sorId, v.sorId))
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
}

/** Adds the path and inherited values on the day to each row, in one query for all of them. */
export async function withPaths<Row extends SummaryRow>(
  db: ReadDatabase,
  rows: readonly Row[],
  at: At,
): Promise<(Row & OrganisationSummary)[]> {
  const paths = await loadPaths(
    db,
    rows.map((row) => row.sorId),
    at,
  );
  return rows.map((row) => {
    const path = paths.get(row.sorId) ?? [];
    const { postalAddress, gln } = effectiveValues(path);
    return {
      ...row,
      town: postalAddress?.value.district ?? null,
      postCode: postalAddress?.value.postCode ?? null,
      gln: gln?.value ?? null,
      glnInherited: gln?.inherited ?? false,
      path: path.map(({ sorId, level, name }) => ({ sorId, level, name })).reverse(),
    };
  });
}
