import { and, inArray, isNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { loadStoredPaths } from "../editing/index.ts";
import { presentVersion } from "../endpoints/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { LocationFilter, listGlns } from "../message-types/index.ts";
import type { Subject } from "../permissions/index.ts";
import { dayInDenmark, holdsAt } from "../validity/index.ts";
import { type NewVendorSwitch, switchMax } from "./schemas.ts";

/** The location numbers of a switch, in order, with what decides who may begin it. */
type ChosenLocations = {
  glns: string[];
  fromSupplierId: string | null;
  /** The units above all of them. */
  sorIds: string[];
  subjects: Subject[];
};

/**
 * The location numbers that a switch is about: those of its list or lists, or all that its filter finds. `invalid` when there are
 * none, `too-large` when there are too many, `not-found` for an unknown one, and `invalid` when they have several vendors, that
 * vendor is the new one, or one does not hold on its day.
 */
export async function chooseLocations(ctx: Context, input: NewVendorSwitch): Promise<ChosenLocations> {
  const glns = await glnsOf(ctx, input);
  const rows = await ctx.db
    .select()
    .from(locationVersions)
    .where(and(inArray(locationVersions.gln, glns), isNull(locationVersions.supersededAt)))
    .orderBy(locationVersions.gln, locationVersions.validFrom);
  const byGln = Map.groupBy(rows, ({ gln }) => gln);
  const today = dayInDenmark(ctx.now);
  const firstDay = input.waves[0]?.day ?? today;
  const { ofGlns } = await loadStoredPaths(ctx.db, { sorIds: [], glns }, today);
  const subjects = glns.map((gln): Subject => {
    const versions = byGln.get(gln) ?? [];
    if (versions.length === 0) throw new DomainError("not-found", "no-such-location", { gln });
    const supplierId = presentVersion(versions, today)?.supplierId ?? undefined;
    return { type: "location", id: gln, supplierId, glns: [gln], unitPath: ofGlns.get(gln) ?? [] };
  });
  const isGone = glns.some((gln) => !byGln.get(gln)?.some((version) => holdsAt<string>(version, firstDay)));
  const vendors = new Set(subjects.map(({ supplierId }) => supplierId ?? null));
  const [fromSupplierId = null] = vendors;
  const refused = (fault: "several-vendors" | "switch-to-itself" | "location-not-valid", field: string) =>
    new DomainError("invalid", fault, { field, fault });
  if (vendors.size > 1) throw refused("several-vendors", "glns");
  if (fromSupplierId === input.toSupplierId) throw refused("switch-to-itself", "toSupplierId");
  if (isGone) throw refused("location-not-valid", "glns");
  const [first, ...others] = glns.map((gln) => new Set(ofGlns.get(gln)));
  const sorIds = [...(first ?? [])].filter((sorId) => others.every((path) => path.has(sorId)));
  return { glns, fromSupplierId, sorIds, subjects };
}

async function glnsOf(ctx: Context, { filter, glns, waves }: NewVendorSwitch): Promise<string[]> {
  const listed = glns ?? (filter ? undefined : waves.flatMap((wave) => wave.glns ?? []));
  const found = listed
    ? [...new Set<string>(listed)].toSorted()
    : await listGlns(ctx, LocationFilter.parse(filter), switchMax + 1);
  if (found.length === 0) {
    throw new DomainError("invalid", "nothing-selected", { field: "glns", fault: "nothing-selected" });
  }
  if (found.length > switchMax) throw new DomainError("too-large", "too-many-locations", { switchMax });
  return found;
}
