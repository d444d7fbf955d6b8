import { type Database, newId } from "../database/index.ts";
import { type OrganisationLevel, searchTextOf } from "../organisations/index.ts";
import { organisations, organisationVersions } from "../organisations/tables.ts";

type Version = typeof organisationVersions.$inferInsert;
type Given = Partial<Version> & { sorId: string; level?: OrganisationLevel };

/**
 * Puts a unit into the register as it stands, without asking any rule; given again for the same SOR id, one more
 * version of it. Valid from 2020-01-01, open, known since then, unless told otherwise.
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
  version.searchText ||= searchTextOf({ name: version.name, addresses: [version.postalAddress ?? null] });
  await db
    .insert(organisations)
    .values({ sorId: given.sorId, level, firstFrom: version.validFrom })
    .onConflictDoNothing();
  await db.insert(organisationVersions).values(version);
  return version;
}
