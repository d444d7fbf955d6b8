import { lt, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { ProbeTarget } from "./schemas.ts";
import { serviceProbes } from "./tables.ts";

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

const probesKeptDays = 400;

/**
 * Stores probe results; for one target and instant the first result is kept. Measurements are not register changes and are not
 * journalled.
 */
export async function recordProbes(
  ctx: Context,
  results: readonly ProbeResult[],
  at = ctx.now,
): Promise<void> {
  await work(ctx, async (tx) => {
    const rows = results.map((result) => ({ ...result, at }));
    if (rows.length > 0) await tx.insert(serviceProbes).values(rows).onConflictDoNothing();
    const oldest = new Date(ctx.now.getTime() - probesKeptDays * 86_400_000);
    await tx.delete(serviceProbes).where(lt(serviceProbes.at, oldest));
  });
}
