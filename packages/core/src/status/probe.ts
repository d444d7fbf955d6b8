import { lt, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { addDays, dayInDenmark } from "../validity/index.ts";
import type { ProbeTarget } from "./schemas.ts";
import { serviceProbeDays, serviceProbes } from "./tables.ts";

export type ProbeResult = { target: ProbeTarget; isUp: boolean; latencyMilliseconds: number };

/** Probes a target. `ask` returns whether it is up; an error or a timeout counts as down. */
export async function probe(
  target: ProbeTarget,
  ask: (signal: AbortSignal) => Promise<boolean>,
  timeoutSeconds = 5,
): Promise<ProbeResult> {
  const started = performance.now();
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const isUp = await ask(signal).catch(() => false);
  return { target, isUp, latencyMilliseconds: Math.round(performance.now() - started) };
}

/** Whether an HTTP address answers 2xx, for the probes of gateway and portal. */
export function asksHttp(address: string): (signal: AbortSignal) => Promise<boolean> {
  return async (signal) => {
    const response = await fetch(address, { signal, redirect: "manual" });
    await response.body?.cancel();
    return response.ok;
  };
}

/** Whether the database answers a query. */
export function asksDatabase(ctx: Context): (signal: AbortSignal) => Promise<boolean> {
  return async () =>
    (await ctx.db.select({ one: sql<number>`1` }).from(sql`(select 1) as alive`)).length === 1;
}

/** A target that took longer to answer counts as slow. */
const slowMilliseconds = 1000;
const daysKept = 400;

/**
 * Stores probe results as the latest of their targets, and counts them in the day of `at` in Denmark. A result that is not newer
 * than the stored one is left out: of several processes that probe at one instant, the first counts. Measurements are not
 * register changes and are not journalled.
 */
export async function recordProbes(
  ctx: Context,
  results: readonly ProbeResult[],
  at = ctx.now,
): Promise<void> {
  if (results.length === 0) return;
  await work(ctx, async (tx) => {
    // Rows in a fixed order avoid deadlocks between processes that probe at once.
    const rows = results.map((result) => ({ ...result, at })).sort((a, b) => (a.target < b.target ? -1 : 1));
    const latest = {
      at: sql`excluded.at`,
      isUp: sql`excluded.is_up`,
      latencyMilliseconds: sql`excluded.latency_milliseconds`,
    };
    const fresh = await tx
      .insert(serviceProbes)
      .values(rows)
      .onConflictDoUpdate({
        target: serviceProbes.target,
        set: latest,
        setWhere: sql`${serviceProbes.at} < excluded.at`,
      })
      .returning();
    await countInDays(tx, fresh);
    const oldest = addDays(dayInDenmark(ctx.now), -daysKept);
    await tx.delete(serviceProbeDays).where(lt(serviceProbeDays.day, oldest));
  });
}

type Counted = Pick<ProbeResult, "target" | "isUp" | "latencyMilliseconds"> & { at: Date };

async function countInDays(tx: Transaction, probes: readonly Counted[]): Promise<void> {
  if (probes.length === 0) return;
  const { target, day, up, slow, down } = serviceProbeDays;
  const rows = probes.map(({ at, isUp, latencyMilliseconds, ...probed }) => {
    const isSlow = latencyMilliseconds > slowMilliseconds;
    const counts = { up: Number(isUp && !isSlow), slow: Number(isUp && isSlow), down: Number(!isUp) };
    return { ...probed, day: dayInDenmark(at), ...counts };
  });
  await tx
    .insert(serviceProbeDays)
    .values(rows)
    .onConflictDoUpdate({
      target: [target, day],
      set: {
        up: sql`${up} + excluded.up`,
        slow: sql`${slow} + excluded.slow`,
        down: sql`${down} + excluded.down`,
      },
    });
}
