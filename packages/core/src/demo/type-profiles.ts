import type { Context } from "../context.ts";
import { LocationFilter, listGlns } from "../message-types/index.ts";
import { assignProfile, ProfileAssignment, ProfileFields, saveProfile } from "../profiles/index.ts";
import { type ProfileName, profileEntries } from "./profiles.ts";

const numbersOfEach = 12;

const fieldsOf = (name: string, kind: ProfileName) =>
  ProfileFields.parse({
    name,
    types: profileEntries(kind).map(({ messageType, version }) => ({
      messageType,
      version,
      direction: "receive",
    })),
  });

/** A profile of the authority that a vendor's location numbers have, some of which deviate, and one of the vendor's own. */
export async function loadProfiles(
  authority: Context,
  vendor: Context,
  { supplierId }: { supplierId: string },
): Promise<void> {
  const { id } = await saveProfile(authority, {
    ...fieldsOf("LPS standard 2027", "practice"),
    supplierId: null,
  });
  await saveProfile(vendor, { ...fieldsOf("Fysioterapi", "physiotherapy"), supplierId });
  const filter = LocationFilter.parse({ messageType: "RPT01", status: "active" });
  const glns = await listGlns(vendor, filter, numbersOfEach);
  if (glns.length > 0) await assignProfile(vendor, ProfileAssignment.parse({ profileId: id, glns }));
}
