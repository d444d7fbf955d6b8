import { and, asc, eq, inArray, isNotNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { journalEntries } from "../journal/tables.ts";
import { findVisibility } from "../messages/index.ts";
import type { Approval } from "./schemas.ts";

type Reasons = Pick<Approval, "heldFor" | "askedFor" | "askedBy">;

const none: Reasons = { heldFor: null, askedFor: null, askedBy: null };

/**
 * Why messages were held, and why and by whom their release was asked for, by message id: from the journal entries of the actor's
 * own side. Those of the other side are not shown.
 */
export async function listReasons(ctx: Context, ids: readonly string[]): Promise<Map<string, Reasons>> {
  const reasons = new Map<string, Reasons>();
  if (ids.length === 0) return reasons;
  const visibility = await findVisibility(ctx);
  const isOwn =
    visibility.kind === "all" ? undefined : inArray(journalEntries.supplierId, [...visibility.supplierIds]);
  const entries = await ctx.db
    .select()
    .from(journalEntries)
    .where(
      and(
        eq(journalEntries.subjectType, "message"),
        inArray(journalEntries.subjectId, [...ids]),
        eq(journalEntries.outcome, "done"),
        isNotNull(journalEntries.comment),
        isOwn,
      ),
    )
    .orderBy(asc(journalEntries.sequence));
  for (const { subjectId, after, comment, actorName } of entries) {
    reasons.set(subjectId, follow(reasons.get(subjectId) ?? none, after, { comment, actorName }));
  }
  return reasons;
}

type Written = { comment: string | null; actorName: string | null };

function follow(before: Reasons, after: unknown, { comment, actorName }: Written): Reasons {
  const change = (after ?? {}) as { reason?: unknown; releaseAsked?: unknown };
  if (change.reason === "quarantine") return { ...none, heldFor: comment };
  if (change.releaseAsked === true) return { ...before, askedFor: comment, askedBy: actorName };
  if (change.releaseAsked === false) return { ...before, askedFor: null, askedBy: null };
  return before;
}
