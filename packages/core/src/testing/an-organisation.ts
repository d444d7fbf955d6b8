import { type Database, newId } from "../database/index.ts";
import { type OrganisationLevel, searchFieldsOfPath } from "../organisations/index.ts";
import { organisations, organisationVersions } from "../organisations/tables.ts";

type Version = typeof organisationVersions.$inferInsert;
type Given = Partial<Version> & { sorId: string; level?: OrganisationLevel };

/**
 * Inserts a unit without checking any rule; for an existing SOR id, adds another version. Default: valid from 2020-01-01, open,
 * known since then.
 */
export async function anOrganisation(db: Database, { level = "owner", ...given }: Given): Promise<Version> {
  const version: Version = {
    id: newId(),
    validFrom: "2020-01-01",
    recordedAt: new Date("2020-01-01T00:00:00Z"),
    name: `Enhed ${given.sorId}`,
    searchText: "",
    ...given,
  };
  const alone = {
    sorId: given.sorId,
    name: version.name,
    level,
    typeCode: version.typeCode ?? null,
    postalAddress: version.postalAddress ?? null,
    visitingAddress: version.visitingAddress ?? null,
    activityAddress: version.activityAddress ?? null,
    virtualAddress: version.virtualAddress ?? null,
    gln: version.gln ?? null,
    glnInherited: false,
  };
  await db
    .insert(organisations)
    .values({ sorId: given.sorId, level, firstFrom: version.validFrom })
    .onConflictDoNothing();
  await db.insert(organisationVersions).values({ ...version, ...searchFieldsOfPath([alone]), ...given });
  return version;
}
