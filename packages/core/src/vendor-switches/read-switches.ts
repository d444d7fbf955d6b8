import { and, count, desc, inArray } from "drizzle-orm";
import { visibleSetIds } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import { suppliers } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { glnsOfSwitch, type LoadedSwitch, loadSwitch } from "./load-switch.ts";
import { measureDeliveries } from "./measure-deliveries.ts";
import { switchSteps, type VendorSwitch } from "./schemas.ts";
import { onASide, sidesOf, sidesOfStep, stepFault } from "./sides.ts";
import { vendorSwitches, vendorSwitchLocations, vendorSwitchWaves } from "./tables.ts";

const listedMost = 200;

/** The switches that the actor is on a side of, the last begun first; at most 200. */
export async function listSwitches(ctx: Context): Promise<VendorSwitch[]> {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  return await viewsOf(ctx, await loadListed(ctx));
}

async function loadListed(ctx: Context, states?: VendorSwitch["state"][]): Promise<LoadedSwitch[]> {
  const rows = await ctx.db
    .select()
    .from(vendorSwitches)
    .where(and(onASide(ctx), states && inArray(vendorSwitches.state, states)))
    .orderBy(desc(vendorSwitches.begunAt), desc(vendorSwitches.id))
    .limit(listedMost);
  const own = rows.filter((row) => sidesOf(ctx, row).length > 0);
  if (own.length === 0) return [];
  const ids = own.map(({ id }) => id);
  const waves = await ctx.db
    .select()
    .from(vendorSwitchWaves)
    .where(inArray(vendorSwitchWaves.switchId, ids))
    .orderBy(vendorSwitchWaves.number);
  const bySwitch = Map.groupBy(waves, ({ switchId }) => switchId);
  return own.map((row) => ({ row, waves: bySwitch.get(row.id) ?? [] }));
}

/** One switch as the actor may see it. Throws `not-found`, also for one that the actor is on no side of. */
export async function getSwitch(ctx: Context, { id }: { id: string }): Promise<VendorSwitch> {
  const [view] = await viewsOf(ctx, [await loadSwitch(ctx.db, ctx, id)]);
  return view as VendorSwitch;
}

/** How many switches wait for the actor: to be mapped, or halted. */
export async function countSwitchesToHandle(ctx: Context): Promise<number> {
  const open = await loadListed(ctx, ["accepted", "halted"]);
  return open.filter(({ row, waves }) =>
    (["map", "continue"] as const).some(
      (step) =>
        sidesOf(ctx, row).some((side) => sidesOfStep[step].includes(side)) &&
        !stepFault(row, waves, step, ctx.now),
    ),
  ).length;
}

/** The location numbers of a switch, in order. Throws `not-found`. */
export async function listSwitchGlns(ctx: Context, { id }: { id: string }): Promise<string[]> {
  await loadSwitch(ctx.db, ctx, id);
  return await glnsOfSwitch(ctx.db, id);
}

type Counts = ReadonlyMap<string, number>;

async function viewsOf(ctx: Context, loaded: readonly LoadedSwitch[]): Promise<VendorSwitch[]> {
  if (loaded.length === 0) return [];
  const { switchId, wave } = vendorSwitchLocations;
  const ids = loaded.map(({ row }) => row.id);
  const counted = await ctx.db
    .select({ switchId, wave, locations: count() })
    .from(vendorSwitchLocations)
    .where(inArray(switchId, ids))
    .groupBy(switchId, wave);
  const counts = new Map(counted.map((each) => [`${each.switchId} ${each.wave}`, each.locations]));
  const partyIds = loaded.flatMap(({ row }) =>
    row.fromSupplierId === null ? [row.toSupplierId] : [row.toSupplierId, row.fromSupplierId],
  );
  const parties = await ctx.db
    .select({ id: suppliers.id, name: suppliers.name })
    .from(suppliers)
    .where(inArray(suppliers.id, [...new Set(partyIds)]));
  const names = new Map(parties.map((party) => [party.id, party]));
  const setIds = loaded.flatMap(({ waves }) => waves.flatMap(({ changeSetId }) => changeSetId ?? []));
  const visible = new Set(await visibleSetIds(ctx, setIds));
  return await Promise.all(loaded.map((each) => viewOf(ctx, each, { counts, names, visible })));
}

type Known = {
  counts: Counts;
  names: ReadonlyMap<string, { id: string; name: string }>;
  visible: ReadonlySet<string>;
};

const timeOf = (at: Date | null) => at?.toISOString() ?? null;

async function viewOf(ctx: Context, loaded: LoadedSwitch, known: Known): Promise<VendorSwitch> {
  const { row, waves } = loaded;
  const sides = sidesOf(ctx, row);
  const [isGiver, isTaker] = [sides.includes("giver"), sides.includes("taker")];
  const isShownDeliveries = isTaker || sides.includes("owner");
  const partyOf = (id: string) => known.names.get(id) ?? { id, name: "" };
  const seen = waves.map(({ number, day, state, appliedAt, changeSetId }) => ({
    ...{ number, day, state, locations: known.counts.get(`${row.id} ${number}`) ?? 0 },
    appliedAt: timeOf(appliedAt),
    changeSetId: changeSetId !== null && known.visible.has(changeSetId) ? changeSetId : null,
  }));
  return {
    ...{ id: row.id, state: row.state, limitPercent: row.limitPercent, fault: row.fault, sides },
    from: row.fromSupplierId === null ? null : partyOf(row.fromSupplierId),
    to: partyOf(row.toSupplierId),
    locations: seen.reduce((sum, wave) => sum + wave.locations, 0),
    waves: seen,
    ...{ begunAt: row.begunAt.toISOString(), acceptedAt: timeOf(row.acceptedAt) },
    ...{ endedAt: timeOf(row.endedAt), haltedAt: timeOf(row.haltedAt) },
    deliveries: isShownDeliveries ? await measureDeliveries(ctx.db, loaded, ctx.now) : null,
    note: isTaker ? row.takerNote : isGiver ? row.giverNote : null,
    keyExpiresAt: isGiver && row.state === "offered" ? timeOf(row.keyExpiresAt) : null,
    mapping: isTaker ? row.mapping : null,
    steps: switchSteps.filter(
      (step) =>
        sidesOfStep[step].some((side) => sides.includes(side)) && !stepFault(row, waves, step, ctx.now),
    ),
  };
}
