import { eq, sql } from "drizzle-orm";
import { type Context, changeAll } from "../context.ts";
import { newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import {
  type Applied,
  type Command,
  editRegister,
  type Preview,
  type Problem,
  previewCommands,
  subjectOf,
} from "../editing/index.ts";
import { DomainError } from "../errors.ts";
import { dayInDenmark } from "../validity/index.ts";
import { isAnother } from "./another-person.ts";
import {
  type ChangeSet,
  getChangeSet,
  holderOf,
  loadChangeSet,
  requireState,
  requireVersion,
  type SetEdit,
  setEntry,
  setSubject,
} from "./change-sets.ts";
import { findOpenConflicts } from "./find-open-conflicts.ts";
import { endProposal } from "./proposal-rights.ts";
import { requireRights, reviewerOf } from "./review.ts";
import { newestEntries } from "./seen.ts";

import { changeSetDecisions, changeSets } from "./tables.ts";

const commandsOf = (set: ChangeSet): Command[] => set.items.map((item) => item.command);

/** What the set would do now, with what changed since its author saw it. For everybody who may see it. */
export async function previewChangeSet(ctx: Context, { id }: { id: string }): Promise<Preview> {
  const set = await getChangeSet(ctx, { id });
  const preview = await previewCommands(ctx, commandsOf(set));
  const stale = await staleItems(ctx.db, set);
  const conflicts = await findOpenConflicts(ctx, set);
  const problems = [...stale, ...preview.problems, ...conflicts].toSorted((a, b) => a.at - b.at);
  return { ...preview, problems };
}

async function staleItems(db: ReadDatabase, set: ChangeSet): Promise<Problem[]> {
  const newest = await newestEntries(db, commandsOf(set).map(subjectOf));
  return set.items.flatMap(({ command, seenSequence }, at): Problem[] => {
    const subject = subjectOf(command);
    const sequence = newest.get(`${subject.type} ${subject.id}`) ?? 0;
    if (sequence <= seenSequence) return [];
    return [{ severity: "error", at, subject, field: null, fault: "changed-since", details: { sequence } }];
  });
}

/** The earliest day on which a command begins to hold; null when none is to come. */
export function earliestDay(commands: readonly Command[], today: string): string | null {
  const days = commands.flatMap((command) => {
    if (command.kind === "unit.close") return [command.validTo];
    return "validFrom" in command && typeof command.validFrom === "string" ? [command.validFrom] : [];
  });
  return days.filter((day) => day >= today).toSorted()[0] ?? null;
}

function requireNoErrors(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === "error");
  const [first] = errors;
  if (!first) return;
  const { at, field, fault } = first;
  const details = { fault: "problems", at, field, problem: fault, count: errors.length };
  throw new DomainError("invalid", "change-set-has-errors", details);
}

/** Throws `invalid` (field `endings`) when the set ends many facts and their number was not typed (R11). */
export function requireTyped(preview: Preview, typed: number | undefined): void {
  const { endings, isHeld } = preview.effects;
  if (!isHeld || typed === endings) return;
  const details = { field: "endings", fault: "endings-not-confirmed", endings };
  throw new DomainError("invalid", "endings-not-confirmed", details);
}

/**
 * Submits a set, or submits it again: from now on an approval belongs to what its preview says. A set that nobody needs to approve is approved at
 * once. `invalid` when its preview has errors, or ends many facts and `endings` is not their number.
 */
export async function submitChangeSet(
  ctx: Context,
  input: SetEdit & { endings?: number | undefined },
): Promise<ChangeSet> {
  const { id } = input;
  const seen = await getChangeSet(ctx, { id });
  requireVersion(seen, input.version);
  const preview = await previewChangeSet(ctx, { id });
  requireNoErrors(preview.problems);
  requireTyped(preview, input.endings);
  const state = preview.effects.approvals.length > 0 ? "submitted" : "approved";
  await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const set = await loadChangeSet(tx, ctx, id, "update");
    requireMay("change-set.edit", setSubject(set));
    // What was previewed is what is submitted.
    requireVersion(set, seen.version);
    requireState(set, ["draft", "submitted", "approved", "declined"]);
    if (set.items.length === 0) {
      throw new DomainError("invalid", "change-set-empty", { fault: "empty" });
    }
    const { sorIds, supplierIds } = preview.effects;
    const applyBy = earliestDay(commandsOf(set), dayInDenmark(ctx.now));
    const submitted = { submittedAt: ctx.now, submittedHash: preview.hash, applyBy, sorIds, supplierIds };
    await setState(tx, ctx, set, { state, ...submitted });
    return { result: undefined, entries: [setEntry(set, set.state, state)] };
  });
  return await getChangeSet(ctx, { id });
}

async function setState(
  tx: Transaction,
  ctx: Context,
  set: ChangeSet,
  values: Partial<typeof changeSets.$inferInsert>,
): Promise<void> {
  await tx
    .update(changeSets)
    .set({ ...values, version: set.version + 1, updatedAt: ctx.now })
    .where(eq(changeSets.id, set.id));
}

function requireDay(ctx: Context, set: ChangeSet): void {
  if (set.applyBy === null || dayInDenmark(ctx.now) <= set.applyBy) return;
  const details = { fault: "day-passed", applyBy: set.applyBy };
  throw new DomainError("conflict", "day-passed", details);
}

/** A decision on what was seen: the hash of the preview. */
export type Deciding = { id: string; hash: string; comment?: string | null | undefined };

/**
 * Approves a submitted set as a person other than all its authors, with the right to every change in it. `conflict` when its
 * preview is no longer the one submitted, or its day has passed.
 */
export async function approveChangeSet(ctx: Context, input: Deciding): Promise<ChangeSet> {
  return await decide(ctx, input, "approved");
}

/** Declines a submitted set, with a comment for its author, who may change it and submit it again. */
export async function declineChangeSet(ctx: Context, input: Deciding): Promise<ChangeSet> {
  return await decide(ctx, input, "declined");
}

async function decide(ctx: Context, input: Deciding, decision: "approved" | "declined"): Promise<ChangeSet> {
  const { id, hash, comment = null } = input;
  const seen = await getChangeSet(ctx, { id });
  const person = reviewerOf(ctx);
  const preview = await previewCommands(ctx, commandsOf(seen));
  await changeAll(ctx, { once: true, comment: comment ?? undefined }, async (tx, requireMay) => {
    const set = await loadChangeSet(tx, ctx, id, "update");
    requireRights(preview, requireMay, id);
    requireVersion(set, seen.version);
    requireState(set, ["submitted"]);
    if (decision === "approved") {
      requireDay(ctx, set);
      await requireAnother(tx, ctx, set, person.userId);
      if (hash !== set.submittedHash || preview.hash !== set.submittedHash) {
        throw new DomainError("conflict", "preview-changed", { fault: "preview-changed" });
      }
    }
    await tx
      .insert(changeSetDecisions)
      .values({ id: newId(), changeSetId: id, ...person, decision, comment, hash, at: ctx.now });
    await setState(tx, ctx, set, { state: decision });
    return { result: undefined, entries: [setEntry(set, set.state, decision)] };
  });
  return await getChangeSet(ctx, { id });
}

// The rules of today count: one may have been made since the set was submitted and needed nobody.
function lacksApproval(set: ChangeSet, { hash, effects }: Preview): boolean {
  const isApproved = set.decisions.some((each) => each.decision === "approved" && each.hash === hash);
  return set.state === "approved" && effects.approvals.length > 0 && !isApproved;
}

/** Whether a submitted or approved set has to be submitted again: it does something else now, or a new rule asks for approval. */
export const mustSubmitAgain = (set: ChangeSet, preview: Preview): boolean =>
  set.submittedHash !== null && (set.submittedHash !== preview.hash || lacksApproval(set, preview));

const authorsOf = (set: ChangeSet): string[] => [
  ...new Set([set.ownerId, ...set.editorIds, ...set.items.map((item) => item.addedBy)]),
];

async function requireAnother(tx: Transaction, ctx: Context, set: ChangeSet, userId: string): Promise<void> {
  if (await isAnother(tx, ctx, authorsOf(set), userId)) return;
  throw new DomainError("not-allowed", "another-approves-set", { fault: "own-set" });
}

/** Withdraws a set that is not applied; it stays in the list. For its author. */
export async function withdrawChangeSet(ctx: Context, { id, version }: SetEdit): Promise<ChangeSet> {
  await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const set = await loadChangeSet(tx, ctx, id, "update");
    requireMay("change-set.edit", setSubject(set));
    requireVersion(set, version);
    requireState(set, ["draft", "submitted", "approved", "declined", "proposed"]);
    await setState(tx, ctx, set, { state: "withdrawn" });
    await endProposal(tx, ctx, set, { outcome: holderOf(set) === set.ownerId ? "withdrawn" : "declined" });
    return { result: undefined, entries: [setEntry(set, set.state, "withdrawn")] };
  });
  return await getChangeSet(ctx, { id });
}

/**
 * Applies an approved set as a whole, for everybody who may make every change in it. What it does must be what was approved;
 * otherwise `conflict` (`preview-changed`), and nothing changes. When it undoes another set, that one becomes `reverted`.
 */
export async function applyChangeSet(ctx: Context, { id, version }: SetEdit): Promise<Applied> {
  const seen = await getChangeSet(ctx, { id });
  requireVersion(seen, version);
  requireState(seen, ["approved"]);
  return await editRegister(ctx, commandsOf(seen), {
    comment: seen.title,
    changeSetId: id,
    once: true,
    within: async (tx, preview) => {
      const set = await loadChangeSet(tx, ctx, id, "update");
      requireVersion(set, seen.version);
      requireDay(ctx, set);
      requireNoErrors(await staleItems(tx, set));
      if (preview.hash !== set.submittedHash) {
        throw new DomainError("conflict", "preview-changed", { fault: "preview-changed" });
      }
      if (lacksApproval(set, preview)) {
        throw new DomainError("conflict", "not-approved", { fault: "not-approved" });
      }
      const by = ctx.actor.kind === "user" || ctx.actor.kind === "key" ? ctx.actor.id : ctx.actor.kind;
      await setState(tx, ctx, set, { state: "applied", appliedAt: ctx.now, appliedBy: by });
      await endProposal(tx, ctx, set, { outcome: "followed" });
      const entries = [setEntry(set, set.state, "applied")];
      if (set.revertsId === null) return entries;
      const [reverted] = await tx
        .update(changeSets)
        .set({ state: "reverted", version: sql`${changeSets.version} + 1`, updatedAt: ctx.now })
        .where(eq(changeSets.id, set.revertsId))
        .returning();
      return reverted ? [...entries, setEntry(reverted, "applied", "reverted")] : entries;
    },
  });
}
