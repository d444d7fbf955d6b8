import { eq } from "drizzle-orm";
import { type Context, changeAll, type RequireMay } from "../context.ts";
import { newId } from "../database/index.ts";
import { isRefusal, type Preview, previewCommands } from "../editing/index.ts";
import { DomainError } from "../errors.ts";
import type { Action } from "../permissions/index.ts";
import {
  type ChangeSet,
  getChangeSet,
  holderOf,
  loadChangeSet,
  requireState,
  requireVersion,
  type SetEdit,
  setEntry,
} from "./change-sets.ts";
import { requireProposalRight } from "./proposal-rights.ts";
import type { NewRemark } from "./schemas.ts";
import { changeSetRemarks, changeSets } from "./tables.ts";

/** Throws `not-allowed`, journalled, when the actor may not make every change of the set. */
export function requireRights({ problems }: Preview, requireMay: RequireMay, id: string): void {
  for (const { details, subject } of problems.filter(isRefusal)) {
    requireMay(details["action"] as Action, { ...subject, unitPath: [] }, { changeSet: id });
    throw new DomainError("not-allowed", "no-right", { changeSet: id });
  }
}

/** The person who reviews a set; a key reviews nothing. */
export function reviewerOf({ actor }: Context): { userId: string; userName: string } {
  if (actor.kind === "user") return { userId: actor.id, userName: actor.name };
  throw new DomainError("not-allowed", "person-approves", { fault: "not-a-person" });
}

const remarksMax = 500;

/**
 * Remarks on one command of a submitted set, or on a field of it, as a person who may make every change in it. Its author sees the
 * remark when the set is sent back. `not-found` for a command or field that the set does not have, `too-many` after 500.
 */
export async function addRemark(ctx: Context, input: NewRemark & { id: string }): Promise<ChangeSet> {
  const { id, position, field, text } = input;
  const person = reviewerOf(ctx);
  const seen = await getChangeSet(ctx, { id });
  const preview = await previewCommands(
    ctx,
    seen.items.map(({ command }) => command),
  );
  await changeAll(ctx, { once: true, comment: text }, async (tx, requireMay) => {
    const set = await loadChangeSet(tx, ctx, id, "update");
    requireRights(preview, requireMay, id);
    requireVersion(set, seen.version);
    requireState(set, ["submitted"]);
    const item = set.items.find((each) => each.position === position);
    if (!item || (field !== null && !fieldsOf(item.command).includes(field))) {
      throw new DomainError("not-found", "no-such-command");
    }
    if (set.remarks.length >= remarksMax)
      throw new DomainError("too-many", "too-many-remarks", { remarksMax });
    const remark = { position, field, text, ...person };
    await tx.insert(changeSetRemarks).values({ id: newId(), changeSetId: id, ...remark, at: ctx.now });
    await tx.update(changeSets).set({ updatedAt: ctx.now }).where(eq(changeSets.id, id));
    return { result: undefined, entries: [setEntry(set, set.state, set.state, { position, field })] };
  });
  return await getChangeSet(ctx, { id });
}

/** The fields of a command that a remark can be about. */
export function fieldsOf(command: object): string[] {
  const { kind: _, sorId: __, gln: ___, attributes, fields, ...own } = command as Record<string, unknown>;
  return [...Object.keys(own), ...Object.keys({ ...(attributes ?? {}), ...(fields ?? {}) })];
}

/**
 * Takes up a set of another to correct it, for a person who may make every change in it: it is that person's draft from now on, and
 * they count among its authors, so that a third person approves it where a rule asks for one.
 */
export async function takeUpSet(ctx: Context, { id, version }: SetEdit): Promise<ChangeSet> {
  const { userId } = reviewerOf(ctx);
  const seen = await getChangeSet(ctx, { id });
  const preview = await previewCommands(
    ctx,
    seen.items.map(({ command }) => command),
  );
  await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const set = await loadChangeSet(tx, ctx, id, "update");
    requireRights(preview, requireMay, id);
    requireVersion(set, version ?? seen.version);
    requireState(set, ["submitted", "approved", "declined", "proposed"]);
    if (set.state === "proposed") await requireProposalRight(tx, ctx, requireMay, id);
    if (holderOf(set) === userId)
      throw new DomainError("conflict", "change-set-state", { fault: "state", state: set.state });
    const taken = {
      state: "draft",
      version: set.version + 1,
      updatedAt: ctx.now,
      submittedHash: null,
    } as const;
    await tx
      .update(changeSets)
      .set({ ...taken, editorIds: [...set.editorIds.filter((each) => each !== userId), userId] })
      .where(eq(changeSets.id, id));
    return { result: undefined, entries: [setEntry(set, set.state, "draft", { takenUp: true })] };
  });
  return await getChangeSet(ctx, { id });
}
