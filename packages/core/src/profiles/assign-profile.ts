import { inArray } from "drizzle-orm";
import { type ChangedSubject, type Context, changeAll, unchanged } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { suppliersOfGlns } from "../message-types/index.ts";
import { profileLocations } from "../message-types/tables.ts";
import type { Action } from "../permissions/index.ts";
import { getProfile } from "./profiles.ts";
import type { ProfileAssignment } from "./schemas.ts";

const rowsAtOnce = 1000;

/**
 * Gives location numbers a profile instead of any other; what they receive and send stays as it is. All of them, or none: `not-found`
 * (`gln`) for one that is not the actor's or not the vendor's whose profile it is, `not-allowed` for one that they may not edit.
 */
export async function assignProfile(ctx: Context, { profileId, glns }: ProfileAssignment): Promise<void> {
  const { supplierId } = await getProfile(ctx, { id: profileId });
  await setProfiles(ctx, { glns, profileId, supplierId });
}

/** Takes the profile from location numbers; those without one stay so. */
export async function unassignProfile(
  ctx: Context,
  { glns }: Pick<ProfileAssignment, "glns">,
): Promise<void> {
  await setProfiles(ctx, { glns, profileId: null, supplierId: null });
}

type Setting = { glns: readonly string[]; profileId: string | null; supplierId: string | null };

async function setProfiles(ctx: Context, { glns, profileId, supplierId }: Setting): Promise<void> {
  const wanted = [...new Set(glns)];
  const suppliers = await suppliersOfGlns(ctx, wanted);
  for (const gln of wanted) {
    const isThere = suppliers.has(gln) && (supplierId === null || suppliers.get(gln) === supplierId);
    if (!isThere) throw new DomainError("not-found", "no-such-location", { gln, field: "glns" });
  }
  await changeAll(ctx, {}, async (tx, requireMay) => {
    for (const gln of wanted) {
      const owner = suppliers.get(gln) ?? undefined;
      requireMay("registration.edit", { type: "location", id: gln, glns: [gln], supplierId: owner });
    }
    const entries: Entry[] = [];
    for (let at = 0; at < wanted.length; at += rowsAtOnce)
      entries.push(...(await writePart(tx, wanted.slice(at, at + rowsAtOnce), profileId)));
    const [first, ...more] = entries;
    return first ? { result: undefined, entries: [first, ...more] } : unchanged(undefined);
  });
}

type Entry = ChangedSubject & { action: Action };

/** Writes the profile of some location numbers, and returns what the journal tells of those that change. */
async function writePart(tx: Transaction, glns: string[], profileId: string | null): Promise<Entry[]> {
  const rows = await tx.select().from(profileLocations).where(inArray(profileLocations.gln, glns));
  const held = new Map(rows.map((row) => [row.gln, row.profileId]));
  const changed = glns.filter((gln) => (held.get(gln) ?? null) !== profileId);
  if (changed.length === 0) return [];
  await tx.delete(profileLocations).where(inArray(profileLocations.gln, changed));
  if (profileId !== null)
    await tx.insert(profileLocations).values(changed.map((gln) => ({ gln, profileId })));
  return changed.map((gln) => ({
    ...{ action: "registration.edit", subjectType: "location-profile", subjectId: gln },
    ...{ before: { profileId: held.get(gln) ?? null }, after: { profileId } },
  }));
}
