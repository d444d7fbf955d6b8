import { and, asc, eq, isNull } from "drizzle-orm";
import { type Context, changeAll, unchanged } from "../context.ts";
import { newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import { approvalRules } from "../editing/tables.ts";
import { DomainError } from "../errors.ts";
import { unitPathOf } from "../organisations/index.ts";
import { may, mayAnywhere, type Subject } from "../permissions/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { isAnother } from "./another-person.ts";
import { ownerOf } from "./change-sets.ts";
import type { NewApprovalRule } from "./schemas.ts";

type Row = typeof approvalRules.$inferSelect;

/** A kind of change that needs a second person, in the whole register or below a unit, and whether somebody wants it ended. */
export type ApprovalRule = Row & {
  /** Whether the actor may ask for its end, or confirm it. */
  mayEnd: boolean;
};

type Ending = { isEnded: boolean; endAskedAt: Date };

const action = "approval-rule.edit";

async function subjectOf(db: ReadDatabase, ctx: Context, rule: Omit<Row, `endAsked${string}`>) {
  const { id, subtreeSorId, laidBy } = rule;
  const isOfPart = subtreeSorId !== null && laidBy === "region";
  const unitPath = isOfPart ? await unitPathOf(db, subtreeSorId, dayInDenmark(ctx.now)) : undefined;
  return { type: "register", id, unitPath } as const satisfies Subject;
}

/** All rules, those of the whole register first. For everybody who may edit: they say whom to wait for. */
export async function listApprovalRules(ctx: Context): Promise<ApprovalRule[]> {
  if (!mayAnywhere(ctx.actor, "change-set.edit", ctx.now)) {
    throw new DomainError("not-allowed", "no-right", { action });
  }
  const rows = await ctx.db
    .select()
    .from(approvalRules)
    .orderBy(asc(approvalRules.subtreeSorId), asc(approvalRules.kind));
  const rules: ApprovalRule[] = [];
  for (const row of rows.toSorted(
    (a, b) => Number(a.subtreeSorId !== null) - Number(b.subtreeSorId !== null),
  )) {
    rules.push({ ...row, mayEnd: may(ctx.actor, action, await subjectOf(ctx.db, ctx, row), ctx.now) });
  }
  return rules;
}

/**
 * Adds a rule: for the whole register by the authority, below a unit by whoever edits that part. It holds at once, also for sets that
 * are submitted. `not-found` for a unit that is not registered, `conflict` when there is such a rule.
 */
export async function addApprovalRule(ctx: Context, input: NewApprovalRule): Promise<ApprovalRule> {
  const { kind, subtreeSorId } = input;
  const whole: Subject = { type: "register", id: "approval-rules" };
  const laidBy = may(ctx.actor, action, whole, ctx.now) ? "authority" : "region";
  const rule = { id: newId(), kind, subtreeSorId, laidBy } as const;
  const row: Row = { ...rule, endAskedBy: null, endAskedName: null, endAskedAt: null };
  return await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const path = subtreeSorId === null ? [] : await unitPathOf(tx, subtreeSorId, dayInDenmark(ctx.now));
    requireMay(action, await subjectOf(tx, ctx, rule));
    if (subtreeSorId !== null && path.length === 0) {
      throw new DomainError("not-found", "no-such-unit", { field: "subtreeSorId", sorId: subtreeSorId });
    }
    const isOfPart =
      subtreeSorId === null
        ? isNull(approvalRules.subtreeSorId)
        : eq(approvalRules.subtreeSorId, subtreeSorId);
    if ((await tx.$count(approvalRules, and(eq(approvalRules.kind, kind), isOfPart))) > 0) {
      throw new DomainError("conflict", "rule-exists");
    }
    await tx.insert(approvalRules).values(row);
    return { result: { ...row, mayEnd: true }, entries: [entryOf(row, { after: rule })] };
  });
}

const entryOf = ({ id, subtreeSorId }: Pick<Row, "id" | "subtreeSorId">, sides: object) => ({
  ...({ action, subjectType: "approval-rule", subjectId: id } as const),
  ...(subtreeSorId !== null && { sorIds: [subtreeSorId] }),
  ...sides,
});

async function lockRule(tx: Transaction, id: string): Promise<Row> {
  const [row] = await tx.select().from(approvalRules).where(eq(approvalRules.id, id)).for("update");
  if (!row) throw new DomainError("not-found", "no-such-rule");
  return row;
}

/**
 * Asks for the end of a rule, or, as another person than who asked, ends it: the rule holds until then, so that nobody switches the
 * second person off alone. `conflict` (`another-ends-rule`) for who asked already, `not-allowed` for a key that confirms.
 */
export async function endApprovalRule(ctx: Context, { id }: { id: string }): Promise<Ending> {
  const { actor } = ctx;
  const { ownerId, ownerName } = ownerOf(ctx);
  return await changeAll<Ending>(ctx, {}, async (tx, requireMay) => {
    const row = await lockRule(tx, id);
    requireMay(action, await subjectOf(tx, ctx, row));
    const { endAskedBy, endAskedAt } = row;
    const { kind, subtreeSorId } = row;
    if (actor.kind !== "system" && endAskedBy === null) {
      const asked = { endAskedBy: ownerId, endAskedName: ownerName, endAskedAt: ctx.now };
      await tx.update(approvalRules).set(asked).where(eq(approvalRules.id, id));
      const after = { kind, subtreeSorId, state: "end-asked" };
      return { result: { isEnded: false, endAskedAt: ctx.now }, entries: [entryOf(row, { after })] };
    }
    if (actor.kind !== "system" && endAskedBy !== null) await requireOther(tx, ctx, endAskedBy);
    await tx.delete(approvalRules).where(eq(approvalRules.id, id));
    const before = { kind, subtreeSorId, laidBy: row.laidBy };
    return {
      result: { isEnded: true, endAskedAt: endAskedAt ?? ctx.now },
      entries: [entryOf(row, { before })],
    };
  });
}

async function requireOther(tx: Transaction, ctx: Context, asker: string): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== "user") {
    throw new DomainError("not-allowed", "person-approves", { fault: "not-a-person" });
  }
  if (await isAnother(tx, ctx, [asker], actor.id)) return;
  throw new DomainError("conflict", "another-ends-rule", { fault: "another-ends-rule" });
}

/** Takes back, for whoever may end the rule, that it is to end. Nothing happens when nobody asked. */
export async function keepApprovalRule(ctx: Context, { id }: { id: string }): Promise<void> {
  await changeAll(ctx, {}, async (tx, requireMay) => {
    const row = await lockRule(tx, id);
    requireMay(action, await subjectOf(tx, ctx, row));
    if (row.endAskedBy === null) return unchanged(undefined);
    await tx
      .update(approvalRules)
      .set({ endAskedBy: null, endAskedName: null, endAskedAt: null })
      .where(eq(approvalRules.id, id));
    const { kind, subtreeSorId } = row;
    const before = { kind, subtreeSorId, state: "end-asked" };
    const after = { kind, subtreeSorId, state: "kept" };
    return { result: undefined, entries: [entryOf(row, { before, after })] };
  });
}
