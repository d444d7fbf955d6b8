import { and, asc, eq } from "drizzle-orm";
import { asSystem, type Context, changeAll } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import {
  noSuchSwitch,
  type SwitchRow,
  type SwitchStep,
  sidesOf,
  sidesOfStep,
  stepFault,
  subjectFor,
  switchAction,
  type WaveRow,
} from "./sides.ts";
import { switchEntry } from "./switch-entry.ts";
import { vendorSwitches, vendorSwitchLocations, vendorSwitchWaves } from "./tables.ts";

/** A switch with its waves, in order. */
export type LoadedSwitch = { row: SwitchRow; waves: WaveRow[] };

/** A switch that the actor is on a side of; `lock` keeps it until the transaction ends. Throws `not-found`. */
export async function loadSwitch(
  db: ReadDatabase,
  ctx: Context,
  id: string,
  lock?: "update",
): Promise<LoadedSwitch> {
  const found = db.select().from(vendorSwitches).where(eq(vendorSwitches.id, id));
  const [row] = await (lock ? found.for(lock) : found);
  if (!row || sidesOf(ctx, row).length === 0) throw noSuchSwitch();
  return { row, waves: await loadWaves(db, id, lock) };
}

async function loadWaves(db: ReadDatabase, switchId: string, lock?: "update"): Promise<WaveRow[]> {
  const found = db
    .select()
    .from(vendorSwitchWaves)
    .where(eq(vendorSwitchWaves.switchId, switchId))
    .orderBy(asc(vendorSwitchWaves.number));
  return await (lock ? found.for(lock) : found);
}

/** The location numbers of a switch, or of one of its waves, in order. */
export async function glnsOfSwitch(db: ReadDatabase, switchId: string, wave?: number): Promise<string[]> {
  const ofWave = wave === undefined ? undefined : eq(vendorSwitchLocations.wave, wave);
  const rows = await db
    .select({ gln: vendorSwitchLocations.gln })
    .from(vendorSwitchLocations)
    .where(and(eq(vendorSwitchLocations.switchId, switchId), ofWave))
    .orderBy(asc(vendorSwitchLocations.gln));
  return rows.map(({ gln }) => gln);
}

/**
 * Takes a step of a switch: checks that the actor may and that it can be taken now, sets these columns, and journals it. `not-found`
 * for one that the actor is on no side of, `not-allowed` for another side's step, `conflict` when it is in another state.
 */
export async function takeStep<Result>(
  ctx: Context,
  { id, step }: { id: string; step: SwitchStep },
  write: (
    tx: Transaction,
    loaded: LoadedSwitch,
  ) => Promise<{ set: Partial<SwitchRow>; more?: Record<string, unknown>; result: Result }>,
): Promise<Result> {
  return await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const loaded = await loadSwitch(tx, ctx, id, "update");
    const { row, waves } = loaded;
    const sides = sidesOfStep[step];
    if (!sidesOf(ctx, row).some((side) => sides.includes(side))) {
      throw new DomainError("not-allowed", "no-right", { action: switchAction });
    }
    requireMay(switchAction, subjectFor(ctx, row, sides));
    const fault = stepFault(row, waves, step, ctx.now);
    if (fault) throw new DomainError("conflict", fault, { fault, state: row.state });
    const { set, more, result } = await write(tx, loaded);
    await tx.update(vendorSwitches).set(set).where(eq(vendorSwitches.id, id));
    return { result, entries: [switchEntry(id, row.state, set.state ?? row.state, { step, ...more })] };
  });
}

/** The system on whose behalf the waves of a switch are judged, applied and undone: both sides have agreed to them. */
export const asSwitches = (ctx: Context): Context => asSystem(ctx, "vendor-switches");
