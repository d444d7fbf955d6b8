import { eq } from "drizzle-orm";
import { commandOf, rawCommands } from "../bulk/index.ts";
import { type ChangeSet, commandsMax, draftChangeSet } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { LocationFilter, lastingOf, listGlns, type RegistrationFact } from "../message-types/index.ts";
import { profileLocations } from "../message-types/tables.ts";
import { RegistrationStep } from "../registration-steps/index.ts";
import { getProfile, listProfiles } from "./profiles.ts";
import type { ProfileType } from "./schemas.ts";

/** How a location number deviates from its profile: what it lacks, and what it has beyond it, without an end. */
export type Deviation = { profileId: string; name: string; missing: ProfileType[]; beyond: ProfileType[] };

type Held = Pick<RegistrationFact, "messageType" | "version" | "direction" | "endpointId" | "validTo">;

const isSame = (a: ProfileType, b: ProfileType) =>
  a.messageType === b.messageType && a.version === b.version && a.direction === b.direction;

/** Pure. Only what is held without an end counts: what ends by itself is dealt with. */
function compareWithProfile(
  types: readonly ProfileType[],
  held: readonly Held[],
): Pick<Deviation, "missing" | "beyond"> {
  const open = held.filter(({ validTo }) => validTo === null);
  const beyond = open.filter((fact) => !types.some((type) => isSame(type, fact)));
  return {
    missing: types.filter((type) => !open.some((fact) => isSame(type, fact))),
    beyond: beyond.map(({ messageType, version, direction }) => ({ messageType, version, direction })),
  };
}

/** How a location number deviates from its profile; null when it has none that the actor may use. */
export async function findDeviation(ctx: Context, { gln }: { gln: string }): Promise<Deviation | null> {
  const [row] = await ctx.db.select().from(profileLocations).where(eq(profileLocations.gln, gln));
  if (!row) return null;
  const profile = (await listProfiles(ctx)).find(({ id }) => id === row.profileId);
  const filter = LocationFilter.parse({ profileId: row.profileId, text: gln });
  if (!profile || !(await listGlns(ctx, filter, 1)).includes(gln)) return null;
  const held = (await lastingOf(ctx, [gln])).get(gln) ?? [];
  return { profileId: profile.id, name: profile.name, ...compareWithProfile(profile.types, held) };
}

/** The endpoint at which a location number receives most; null when it receives nothing. Pure. */
function mainEndpoint(held: readonly Held[]): string | null {
  const counts = Map.groupBy(
    held.filter(({ direction, validTo }) => direction === "receive" && validTo === null),
    ({ endpointId }) => endpointId,
  );
  const [most] = [...counts].toSorted(([a, of], [b, other]) =>
    of.length === other.length ? String(a).localeCompare(String(b)) : other.length - of.length,
  );
  return most?.[0] ?? null;
}

/**
 * Drafts the change set after which the actor's location numbers with the profile have exactly its types from an instant on (null: now):
 * what they lack at the endpoint where they receive most. `invalid` when none deviates, `too-large` for more than a set can have.
 */
export async function draftAlignment(
  ctx: Context,
  { id, at }: { id: string; at: string | null },
): Promise<ChangeSet> {
  const { types, name } = await getProfile(ctx, { id });
  const glns = await listGlns(ctx, LocationFilter.parse({ profileId: id, deviates: "yes" }), commandsMax + 1);
  if (glns.length > commandsMax) throw new DomainError("too-large", "too-many-locations", { commandsMax });
  if (glns.length === 0) throw new DomainError("invalid", "no-deviation", {});
  const lasting = await lastingOf(ctx, glns);
  const commands = glns.map((gln) => {
    const held = lasting.get(gln) ?? [];
    const { missing, beyond } = compareWithProfile(types, held);
    const endpointId = mainEndpoint(held);
    const steps = [
      ...beyond.map((type) => ({ step: "end", ...type, at })),
      ...missing.map((type) => ({
        ...{ step: "add", ...type, endpointId: type.direction === "send" ? null : endpointId, at },
      })),
    ];
    return commandOf(
      gln,
      steps.map((step) => RegistrationStep.parse(step)),
    );
  });
  return await draftChangeSet(ctx, { title: name, comment: null, commands: rawCommands(commands) });
}
