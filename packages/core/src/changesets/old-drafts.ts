import { and, asc, eq, gt, isNull, lt, lte, or } from "drizzle-orm";
import type { AccountMailKind } from "../access/index.ts";
import { type Context, changeAll, changedBy } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { addDays, dayInDenmark, formatDanishDay } from "../validity/index.ts";
import { holderOf, setEntry } from "./change-sets.ts";
import { endProposal, mailPerson } from "./proposal-rights.ts";
import { changeSets, proposals } from "./tables.ts";

type Row = typeof changeSets.$inferSelect;

/** How many days before a draft is withdrawn its author is told. */
const draftWarningDays = 7;
/** How long what identifies the proposer of an answered proposal is kept. */
const proposerDays = 31;
const setsAtOnce = 200;
const dayMilliseconds = 86_400_000;

/** The day on which a draft withdraws itself unless it is changed; null for one whose author is not told yet. */
export function withdrawnOn({ state, warnedAt, updatedAt }: Pick<Row, "state" | "warnedAt" | "updatedAt">) {
  if (state !== "draft" || warnedAt === null || warnedAt < updatedAt) return null;
  return addDays(dayInDenmark(warnedAt), draftWarningDays);
}

/**
 * Tells the authors of drafts that were not changed for a time, and withdraws those that were told seven days ago: at most 200 of
 * each. Takes the addresses out of proposals that were answered a month ago. For the system's job; days are Danish.
 */
export async function tendDrafts(
  ctx: Context,
  { keepDays }: { keepDays: number },
): Promise<{ warned: number; withdrawn: number }> {
  const ago = (days: number) => new Date(ctx.now.getTime() - days * dayMilliseconds);
  return await changeAll(ctx, {}, async (tx, requireMay) => {
    requireMay("change-set.edit", { type: "change-set", id: "any" });
    const isDraft = eq(changeSets.state, "draft");
    const isTold = and(isDraft, gt(changeSets.warnedAt, changeSets.updatedAt));
    const over = await drafts(tx, and(isTold, lte(changeSets.warnedAt, ago(draftWarningDays))));
    for (const set of over) {
      const withdrawn = { state: "withdrawn", version: set.version + 1, updatedAt: ctx.now } as const;
      await tx.update(changeSets).set(withdrawn).where(eq(changeSets.id, set.id));
      await endProposal(tx, ctx, set, { outcome: "declined" });
      await tell(tx, ctx, set, "draft-withdrawn");
    }
    const isUntold = or(isNull(changeSets.warnedAt), lte(changeSets.warnedAt, changeSets.updatedAt));
    const isOld = lt(changeSets.updatedAt, ago(keepDays - draftWarningDays));
    const old = await drafts(tx, and(isDraft, isUntold, isOld));
    for (const set of old) {
      await tx.update(changeSets).set({ warnedAt: ctx.now }).where(eq(changeSets.id, set.id));
      await tell(tx, ctx, set, "draft-expiring");
    }
    await tx
      .update(proposals)
      .set({ address: null, addressHash: null, networkHash: null })
      .where(lt(proposals.answeredAt, ago(proposerDays)));
    const entries = over.map((set) => setEntry(set, "draft", "withdrawn"));
    return changedBy({ warned: old.length, withdrawn: over.length }, entries);
  });
}

// Locked: an edit that comes now waits, and finds the set withdrawn; one under way is skipped until the next run.
async function drafts(tx: Transaction, condition: ReturnType<typeof and>): Promise<Row[]> {
  return await tx
    .select()
    .from(changeSets)
    .where(condition)
    .orderBy(asc(changeSets.updatedAt))
    .limit(setsAtOnce)
    .for("update", { skipLocked: true });
}

async function tell(tx: Transaction, ctx: Context, set: Row, kind: AccountMailKind): Promise<void> {
  const until = formatDanishDay(addDays(dayInDenmark(ctx.now), draftWarningDays));
  await mailPerson(tx, ctx, {
    userId: holderOf(set),
    kind,
    details: { title: set.title, set: set.id, until },
  });
}
