import { and, eq, lt } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { AlertKind } from "./kinds.ts";
import { type AlertFacts, alertSignals } from "./tables.ts";

export type AlertSignal = {
  kind: AlertKind;
  /** What has the fault, `node:…` for a process. */
  subject: string;
  /** How long it counts as there unless it is raised again or taken back. */
  forSeconds: number;
  facts?: AlertFacts;
};

/** Says that something is wrong which only this process sees: no room for more, a job that failed. */
export async function raiseAlertSignal(ctx: Context, signal: AlertSignal): Promise<void> {
  const { kind, subject, facts = {} } = signal;
  const until = new Date(ctx.now.getTime() + signal.forSeconds * 1000);
  await work(ctx, async (tx) => {
    await tx
      .insert(alertSignals)
      .values({ kind, subject, until, facts })
      .onConflictDoUpdate({ target: [alertSignals.kind, alertSignals.subject], set: { until, facts } });
  });
}

/** Says that it is over. */
export async function clearAlertSignal(
  ctx: Context,
  signal: Pick<AlertSignal, "kind" | "subject">,
): Promise<void> {
  await work(ctx, async (tx) => {
    const isThis = and(eq(alertSignals.kind, signal.kind), eq(alertSignals.subject, signal.subject));
    await tx.delete(alertSignals).where(isThis);
    await tx.delete(alertSignals).where(lt(alertSignals.until, new Date(ctx.now.getTime() - 86_400_000)));
  });
}
