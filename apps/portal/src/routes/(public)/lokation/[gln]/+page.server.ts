import { type Context, DomainError } from "@sor/core";
import { nameOfCode } from "@sor/core/code-lists";
import {
  findSupplier,
  getSystem,
  type LocationVersion,
  listLocationVersions,
  listNetOperators,
  locationStatus,
  presentVersion,
} from "@sor/core/endpoints";
import { hasGlnCheckDigit, RoutedGln } from "@sor/core/identifiers";
import { listUnitsOfGln } from "@sor/core/organisations";
import { dayInDenmark } from "@sor/core/validity";
import { openSetsOf } from "#lib/server/changes/open-sets.ts";
import { readParam } from "#lib/server/queries.ts";
import { receivedAt } from "#lib/server/received.ts";
import type { PageServerLoad } from "./$types";

const unitsShown = 100;

export const load: PageServerLoad = async ({ locals, params }) => {
  const { ctx } = locals;
  const gln = readParam(RoutedGln, params.gln);
  const [versions, units] = await Promise.all([
    listLocationVersions(ctx.db, gln),
    listUnitsOfGln(ctx, { gln }),
  ]);
  if (versions.length === 0 && units.length === 0) {
    throw new DomainError("not-found", "no-such-location");
  }
  const day = dayInDenmark(ctx.now);
  return {
    gln,
    hasRightCheckDigit: hasGlnCheckDigit(gln),
    status: versions.length === 0 ? null : locationStatus(versions, day),
    about: await aboutLocation(ctx, presentVersion(versions, day)),
    units: units.slice(0, unitsShown),
    unitsMore: Math.max(0, units.length - unitsShown),
    received: await receivedAt(ctx, gln),
    openSets: await openSetsOf(ctx, { type: "location", id: gln }),
    now: ctx.now,
  };
};

async function aboutLocation(ctx: Context, version: LocationVersion | undefined) {
  if (!version) return null;
  const { systemId, supplierId, netOperatorCode, regionCode } = version;
  const [system, supplier, operators] = await Promise.all([
    systemId === null ? null : getSystem(ctx, { id: systemId }),
    supplierId === null ? null : findSupplier(ctx.db, supplierId),
    listNetOperators(ctx),
  ]);
  return {
    validFrom: version.validFrom,
    validTo: version.validTo,
    onlyInternal: version.onlyInternal,
    successorGln: version.successorGln,
    system: system && { name: system.name, version: system.version },
    supplier: supplier?.name ?? null,
    netOperator: operators.find(({ code }) => code === netOperatorCode)?.name ?? netOperatorCode,
    region: nameOfCode("regions", regionCode) ?? regionCode,
  };
}
