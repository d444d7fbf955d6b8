import { inArray, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type At, heldAt, momentOf } from "./moment.ts";
import { nameUnits } from "./name-units.ts";
import type { SuccessorShare } from "./schemas.ts";
import { organisationSuccessors } from "./tables.ts";

/** A successor as stored: how much it takes over, null where an imported file did not say. */
export type HeldSuccessor = { sorId: string; share: SuccessorShare | null };

/** A unit in a succession; the name is null when the unit is not in the register. */
export type Successor = HeldSuccessor & { name: string | null };

/** Which units a unit replaces, and which replace it. */
export type Succession = { replaces: Successor[]; replacedBy: Successor[] };

/** The predecessors and successors of a unit. */
export async function listSuccessors(ctx: Context, { sorId }: { sorId: string }): Promise<Succession> {
  return (await successionsOf(ctx, [sorId])).get(sorId) ?? { replaces: [], replacedBy: [] };
}

/** The same for some units at once; all of them are in the result. */
export async function successionsOf(
  ctx: Context,
  sorIds: readonly string[],
): Promise<Map<string, Succession>> {
  const { fromSorId, toSorId } = organisationSuccessors;
  const pairs = await ctx.db
    .select()
    .from(organisationSuccessors)
    .where(or(inArray(fromSorId, [...sorIds]), inArray(toSorId, [...sorIds])))
    .orderBy(fromSorId, toSorId);
  const nameOf = await nameUnits(ctx, { sorIds: pairs.flatMap((pair) => [pair.fromSorId, pair.toSorId]) });
  const successions = new Map<string, Succession>(sorIds.map((id) => [id, { replaces: [], replacedBy: [] }]));
  const named = (sorId: string, share: SuccessorShare | null): Successor => {
    return { sorId, name: nameOf.get(sorId) ?? null, share };
  };
  for (const { fromSorId: from, toSorId: to, share } of pairs) {
    successions.get(to)?.replaces.push(named(from, share));
    successions.get(from)?.replacedBy.push(named(to, share));
  }
  return successions;
}

/** A unit at which a succession ends. */
export type OpenSuccessor = Successor & {
  /** The closed units on the way to it, the first to take over first. */
  via: string[];
  /** How much was taken over at each step, the last included. */
  shares: (SuccessorShare | null)[];
};

/** Longer chains are not followed. */
const stepsMax = 50;

type Way = { sorId: string; via: string[]; shares: (SuccessorShare | null)[] };

/**
 * The units open on the day at which the successions of a unit end, the nearest first: closed successors are passed through to
 * their own, and each unit is met once, so that a loop ends. A succession whose last unit has closed leads nowhere.
 */
export async function listOpenSuccessors(
  ctx: Context,
  { sorId, validAt }: { sorId: string; validAt?: string | undefined },
): Promise<OpenSuccessor[]> {
  const at = momentOf(ctx, { validAt });
  const met = new Set([sorId]);
  const ends: Way[] = [];
  let wave: Way[] = [{ sorId, via: [], shares: [] }];
  for (let step = 0; wave.length > 0 && step < stepsMax; step += 1) {
    const ways = new Map(wave.map((way) => [way.sorId, way]));
    const steps = (await stepsFrom(ctx, [...ways.keys()], at)).filter(({ to }) => !met.has(to));
    for (const { to } of steps) met.add(to);
    const reached = new Map(steps.map((each) => [each.to, { ...each, way: onward(ways, each, step) }]));
    ends.push(...[...reached.values()].filter(({ isOpen }) => isOpen).map(({ way }) => way));
    wave = [...reached.values()].filter(({ isOpen }) => !isOpen).map(({ way }) => way);
  }
  const nameOf = await nameUnits(ctx, { sorIds: ends.map((end) => end.sorId) });
  return ends.map((end) => ({
    ...end,
    name: nameOf.get(end.sorId) ?? null,
    share: end.shares.at(-1) ?? null,
  }));
}

type Step = { from: string; to: string; share: SuccessorShare | null; isOpen: boolean };

function onward(ways: ReadonlyMap<string, Way>, { from, to, share }: Step, step: number): Way {
  const { via = [], shares = [] } = ways.get(from) ?? {};
  return { sorId: to, via: step === 0 ? [] : [...via, from], shares: [...shares, share] };
}

async function stepsFrom(ctx: Context, sorIds: readonly string[], at: At): Promise<Step[]> {
  const { fromSorId, toSorId, share } = organisationSuccessors;
  const isOpen = sql<boolean>`exists (select from organisation_versions v
    where v.sor_id = ${toSorId} and ${heldAt("v", at)})`;
  return await ctx.db
    .select({ from: fromSorId, to: toSorId, share, isOpen })
    .from(organisationSuccessors)
    .where(sql`${fromSorId} = any(${sql.param(sorIds)}::text[])`)
    .orderBy(toSorId);
}
