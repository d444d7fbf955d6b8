import { and, eq, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { isInHand } from "../queue/index.ts";
import { type LoadedSwitch, takeStep } from "./load-switch.ts";
import { orderWaves } from "./map-switch.ts";
import { vendorSwitchLocations, vendorSwitchWaves } from "./tables.ts";

/**
 * Stops a switch before its first day: what has been applied for days to come is undone, and nothing more is applied. For both sides
 * and who edits the units. `conflict`: `switch-begun` from the first day on, `switch-busy` while a wave is being applied.
 */
export async function stopSwitch(ctx: Context, { id }: { id: string }): Promise<void> {
  await takeStep(ctx, { id, step: "stop" }, (tx, loaded) => endAs(tx, ctx, loaded, "stopped"));
}

/**
 * Returns the location numbers of a switch that has begun to their former vendor, by undoing its change sets. For the new vendor and
 * who edits the units. `conflict`: `switch-not-begun` before the first day, `switch-busy` while a wave is being applied.
 */
export async function returnSwitch(ctx: Context, { id }: { id: string }): Promise<void> {
  await takeStep(ctx, { id, step: "return" }, (tx, loaded) => endAs(tx, ctx, loaded, "returned"));
}

async function endAs(
  tx: Transaction,
  ctx: Context,
  { row, waves }: LoadedSwitch,
  endsAs: "stopped" | "returned",
) {
  if (waves.some((wave) => isInHand(wave, ctx.now))) {
    throw new DomainError("conflict", "switch-busy", { fault: "switch-busy" });
  }
  const ofState = (state: "waiting" | "applied") =>
    and(eq(vendorSwitchWaves.switchId, row.id), eq(vendorSwitchWaves.state, state));
  await tx.update(vendorSwitchWaves).set({ state: "dropped", dueAt: null }).where(ofState("waiting"));
  const undone = await tx
    .update(vendorSwitchWaves)
    .set({ state: "returning", dueAt: ctx.now })
    .where(ofState("applied"))
    .returning({ id: vendorSwitchWaves.id });
  if (undone.length > 0) return { set: { endsAs }, result: undefined };
  await freeLocations(tx, [row.id]);
  return { set: { endsAs, state: endsAs, endedAt: ctx.now, keyHash: null }, result: undefined };
}

/** From now on the location numbers of these switches can be part of another. */
export async function freeLocations(tx: Transaction, switchIds: readonly string[]): Promise<void> {
  await tx
    .update(vendorSwitchLocations)
    .set({ isOpen: false })
    .where(
      and(inArray(vendorSwitchLocations.switchId, [...switchIds]), eq(vendorSwitchLocations.isOpen, true)),
    );
}

/** Lets a halted switch go on; deliveries are counted anew. For the new vendor and who edits the units. */
export async function continueSwitch(ctx: Context, { id }: { id: string }): Promise<void> {
  await takeStep(ctx, { id, step: "continue" }, async (tx, { waves }) => {
    await orderWaves(tx, waves, ctx.now);
    const state = waves.some((wave) => wave.state === "waiting") ? "running" : "done";
    return { set: { state, fault: null, haltedAt: null, continuedAt: ctx.now }, result: undefined };
  });
}
