import { and, eq, lte, sql } from "drizzle-orm";
import { type Context, changeAll, unchanged, work } from "../context.ts";
import { mayPass, newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { noLease, takeDue } from "../queue/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { applyWave, dropSet, undoWave } from "./apply-wave.ts";
import { freeLocations } from "./end-switch.ts";
import { asSwitches, type LoadedSwitch, loadSwitch } from "./load-switch.ts";
import { isOverLimit, measureDeliveries } from "./measure-deliveries.ts";
import type { SwitchRow, WaveRow } from "./sides.ts";
import { switchEntry } from "./switch-entry.ts";
import { vendorSwitches, vendorSwitchLocations, vendorSwitchWaves } from "./tables.ts";

const leaseSeconds = 900;
const retrySeconds = 60;

const queue = {
  table: vendorSwitchWaves,
  id: vendorSwitchWaves.id,
  dueAt: vendorSwitchWaves.dueAt,
  isOpen: sql`${vendorSwitchWaves.dueAt} is not null`,
};

/**
 * Halts the switches whose deliveries fail, then applies or undoes the wave that has been due longest; false when none is. A refusal
 * halts its switch with the fault; after a crash another process finds the set that was drafted. Throws temporary errors.
 */
export async function continueSwitches(given: Context): Promise<boolean> {
  const ctx = asSwitches(given);
  await haltFailing(ctx);
  await freeEnded(ctx);
  const wave = await take(ctx);
  if (!wave) return false;
  const loaded = await loadSwitch(ctx.db, ctx, wave.switchId);
  const done = await carryOut(ctx, loaded, wave).catch(async (error: unknown): Promise<Outcome> => {
    if (mayPass(error) || !(error instanceof DomainError)) throw error;
    await dropSet(ctx, wave);
    const { problem, fault } = error.details;
    return { fault: String(problem ?? fault ?? error.code) };
  });
  await settle(ctx, wave, done);
  return true;
}

type Ended = { fault: string } | { state: "applied" | "returned" };
type Outcome = { fault: string } | { state: "applied" | "returned" | "waits" };

async function take(ctx: Context): Promise<WaveRow | undefined> {
  return await work(ctx, async (tx) => {
    const [taken] = await takeDue(tx, queue, { now: ctx.now, limit: 1, leaseSeconds });
    if (!taken) return undefined;
    const [wave] = await tx
      .update(vendorSwitchWaves)
      .set({ changeSetId: sql`coalesce(${vendorSwitchWaves.changeSetId}, ${newId()}::uuid)` })
      .where(eq(vendorSwitchWaves.id, taken.id))
      .returning();
    return wave;
  });
}

async function carryOut(ctx: Context, loaded: LoadedSwitch, wave: WaveRow): Promise<Outcome> {
  if (wave.state === "returning") return { state: await undoWave(ctx, wave) };
  const isFirst = loaded.waves.every(({ number, state }) => number >= wave.number || state !== "waiting");
  if (!isFirst) return { state: "waits" };
  if (await isFailing(ctx, loaded)) return { fault: "deliveries-failed" };
  return { state: await applyWave(ctx, loaded.row, wave) };
}

const isFailing = async (ctx: Context, loaded: LoadedSwitch) =>
  isOverLimit(await measureDeliveries(ctx.db, loaded, ctx.now), loaded.row.limitPercent);

async function settle(ctx: Context, wave: WaveRow, outcome: Outcome): Promise<void> {
  if ("state" in outcome && outcome.state === "waits") {
    const dueAt = new Date(ctx.now.getTime() + retrySeconds * 1000);
    await work(ctx, (tx) => setWave(tx, wave, { dueAt }));
  } else {
    await settleEnded(ctx, wave, outcome as Ended);
  }
}

async function settleEnded(ctx: Context, wave: WaveRow, outcome: Ended): Promise<void> {
  await changeAll(ctx, {}, async (tx) => {
    const { row, waves } = await loadSwitch(tx, ctx, wave.switchId, "update");
    const held = waves.find(({ id }) => id === wave.id);
    // After its lease another process has carried it out.
    if (held?.leaseToken !== wave.leaseToken) return unchanged(undefined);
    if ("fault" in outcome) {
      return { result: undefined, entries: [await halt(tx, ctx, row, outcome.fault)] };
    }
    const { state } = outcome;
    await setWave(tx, wave, { state, dueAt: null, ...(state === "applied" && { appliedAt: ctx.now }) });
    const left = waves.filter(({ id }) => id !== wave.id).map((each) => each.state);
    const to = state === "applied" ? afterApplying(row, left) : afterReturning(row, left);
    const hasEnded = to !== row.state;
    await tx
      .update(vendorSwitches)
      .set({ state: to, ...(hasEnded && { endedAt: ctx.now }) })
      .where(eq(vendorSwitches.id, row.id));
    if (hasEnded && to !== "done") await freeLocations(tx, [row.id]);
    const more = { wave: wave.number, day: wave.day, changeSet: wave.changeSetId };
    return { result: undefined, entries: [switchEntry(row.id, row.state, to, more)] };
  });
}

type States = readonly WaveRow["state"][];
const afterApplying = (row: SwitchRow, left: States) => (left.includes("waiting") ? row.state : "done");
const afterReturning = (row: SwitchRow, left: States) =>
  left.includes("returning") ? row.state : (row.endsAs ?? row.state);

// After its lease another process may have taken it.
async function setWave(tx: Transaction, wave: WaveRow, values: Partial<WaveRow>): Promise<void> {
  const { id, leaseToken } = vendorSwitchWaves;
  await tx
    .update(vendorSwitchWaves)
    .set({ ...values, ...noLease })
    .where(and(eq(id, wave.id), sql`${leaseToken} is not distinct from ${wave.leaseToken}`));
}

async function halt(tx: Transaction, ctx: Context, { id, state }: SwitchRow, fault: string) {
  const own = eq(vendorSwitchWaves.switchId, id);
  await tx
    .update(vendorSwitchWaves)
    .set({ dueAt: null, ...noLease })
    .where(own);
  await tx
    .update(vendorSwitchWaves)
    .set({ state: "applied" })
    .where(and(own, eq(vendorSwitchWaves.state, "returning")));
  await tx
    .update(vendorSwitches)
    .set({ state: "halted", haltedAt: ctx.now, fault, endsAs: null })
    .where(eq(vendorSwitches.id, id));
  return switchEntry(id, state, "halted", { fault });
}

/** Halts the running switches whose begun waves fail, while others are to come. */
async function haltFailing(ctx: Context): Promise<void> {
  const running = await ctx.db
    .select({ id: vendorSwitches.id })
    .from(vendorSwitches)
    .where(
      and(
        eq(vendorSwitches.state, "running"),
        sql`exists (select from vendor_switch_waves w where w.switch_id = ${vendorSwitches.id}
          and w.state = 'applied' and w.day <= ${dayInDenmark(ctx.now)})`,
      ),
    );
  for (const { id } of running) {
    if (!(await isFailing(ctx, await loadSwitch(ctx.db, ctx, id)))) continue;
    await changeAll(ctx, {}, async (tx) => {
      const { row, waves } = await loadSwitch(tx, ctx, id, "update");
      const isFree = row.state === "running" && row.endsAs === null && !waves.some((wave) => wave.leaseToken);
      if (!isFree) return unchanged(undefined);
      return { result: undefined, entries: [await halt(tx, ctx, row, "deliveries-failed")] };
    });
  }
}

/** Frees the location numbers of switches whose last day has begun. */
async function freeEnded(ctx: Context): Promise<void> {
  const open = await ctx.db
    .selectDistinct({ id: vendorSwitchLocations.switchId })
    .from(vendorSwitchLocations)
    .innerJoin(vendorSwitches, eq(vendorSwitches.id, vendorSwitchLocations.switchId))
    .where(
      and(
        eq(vendorSwitchLocations.isOpen, true),
        eq(vendorSwitches.state, "done"),
        lte(
          sql`(select max(w.day) from vendor_switch_waves w where w.switch_id = ${vendorSwitches.id})`,
          dayInDenmark(ctx.now),
        ),
      ),
    );
  if (open.length === 0) return;
  await work(ctx, (tx) =>
    freeLocations(
      tx,
      open.map(({ id }) => id),
    ),
  );
}
