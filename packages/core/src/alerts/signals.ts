import { and, eq, lt } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { AlertKind } from "./kinds.ts";
import { type AlertFacts, alertSignals } from "./tables.ts";

export type AlertSignal = {
  kind: AlertKind;
  /** The subject of the fault, `node:…` for a process. */
  subject: string;
  /** How long it is valid unless it is raised again or cleared. */
  forSeconds: number;
  facts?: AlertFacts;
};

/** Reports a fault that only this process sees, such as a full disk or a failed job. */
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

/** Clears it. */
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
