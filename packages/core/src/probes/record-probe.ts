import { and, desc, eq, lt, notInArray, or, sql } from "drizzle-orm";
import { type ChangedSubject, type Context, change, changedBy } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { noLease } from "../queue/index.ts";
import type { EndpointAnswer } from "./ask-endpoint.ts";
import { endpointChecks, endpointProbes } from "./tables.ts";

export type FoundAnswer = {
  endpointId: string;
  /** The address that was probed; null for a mailbox. */
  address: string | null;
  origin: "clock" | "test";
  answer: EndpointAnswer;
  /** When the next scheduled probe is; undefined for a test, which does not change that. */
  nextProbeAt?: Date | undefined;
};

const keptDays = 30;
const keptProbes = 200;

/**
 * Records the result of a probe. Measurements are not register changes and are not journalled, except a changed certificate,
 * which lookups show.
 */
export async function recordProbe(ctx: Context, found: FoundAnswer): Promise<void> {
  const subject = async (tx: Transaction) => {
    const [row] = await tx.select().from(endpoints).where(eq(endpoints.id, found.endpointId));
    return { type: "endpoint", id: found.endpointId, supplierId: row?.supplierId } as const;
  };
  await change(ctx, { action: "endpoint.edit", subject, comment: "seen by a probe" }, async (tx) => {
    const { endpointId, origin, answer } = found;
    const { isUp, latencyMilliseconds, detail } = answer;
    await noteCheck(tx, ctx.now, found);
    const id = newId();
    await tx
      .insert(endpointProbes)
      .values({ id, endpointId, at: ctx.now, origin, isUp, latencyMilliseconds, detail });
    await forgetOld(tx, endpointId, ctx.now);
    return changedBy(undefined, await noteCertificate(tx, found));
  });
}

async function noteCheck(tx: Transaction, now: Date, found: FoundAnswer): Promise<void> {
  const { endpointId, nextProbeAt, answer } = found;
  const last = answer.isUp ? { lastSuccessAt: now } : { lastFailureAt: now };
  const isFolder = answer.detail.method === "folder";
  const turn = isFolder ? { ...noLease, folderWantedAt: null } : nextProbeAt && { ...noLease, nextProbeAt };
  const failuresInRow = answer.isUp ? sql`0` : sql`${endpointChecks.failuresInRow} + 1`;
  await tx
    .insert(endpointChecks)
    .values({ endpointId, nextProbeAt: now, ...last, ...turn, failuresInRow: answer.isUp ? 0 : 1 })
    .onConflictDoUpdate({ target: endpointChecks.endpointId, set: { ...last, ...turn, failuresInRow } });
}

async function forgetOld(tx: Transaction, endpointId: string, now: Date): Promise<void> {
  const newest = tx
    .select({ id: endpointProbes.id })
    .from(endpointProbes)
    .where(eq(endpointProbes.endpointId, endpointId))
    .orderBy(desc(endpointProbes.at), desc(endpointProbes.id))
    .limit(keptProbes);
  const oldest = new Date(now.getTime() - keptDays * 86_400_000);
  const isOver = or(lt(endpointProbes.at, oldest), notInArray(endpointProbes.id, newest));
  await tx.delete(endpointProbes).where(and(eq(endpointProbes.endpointId, endpointId), isOver));
}

async function noteCertificate(
  tx: Transaction,
  { endpointId, address, answer }: FoundAnswer,
): Promise<ChangedSubject[]> {
  const { tls } = answer.detail;
  const [own] = tls?.isTrusted ? tls.certificates : [];
  if (!own) return [];
  const [before] = await tx.select().from(endpoints).where(eq(endpoints.id, endpointId)).for("no key update");
  // The address may have been changed while the old one was being probed.
  if (!before || before.address !== address || before.certificateSha256 === own.sha256) return [];
  const after = { certificateSha256: own.sha256, certificateExpiresAt: new Date(own.validTo) };
  await tx.update(endpoints).set(after).where(eq(endpoints.id, endpointId));
  const { certificateSha256, certificateExpiresAt } = before;
  const was = { certificateSha256, certificateExpiresAt };
  return [{ subjectType: "endpoint", subjectId: endpointId, before: was, after }];
}
