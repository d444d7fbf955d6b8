import { asc, eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { insertNotice, NewNoticeForm, type ReadNotice, refuseTimesThatAreOver } from "../status/index.ts";
import type { DraftForm, DraftPlace } from "./schemas.ts";
import { noticeDrafts } from "./tables.ts";

export type NoticeDraft = typeof noticeDrafts.$inferSelect;

const draftsMost = 200;
const actionOn = (id: string) => ({ action: "notice.edit", subject: { type: "notice", id } }) as const;

/** The version of a draft, for the form that shows it. */
export const draftVersion = ({ updatedAt }: Pick<NoticeDraft, "updatedAt">): string =>
  updatedAt.toISOString();

/** Every draft: those that publish themselves first, by their time. */
export async function listDrafts(ctx: Context): Promise<NoticeDraft[]> {
  return await ctx.db.select().from(noticeDrafts).orderBy(asc(noticeDrafts.publishAt), asc(noticeDrafts.id));
}

/** One draft. Throws `not-found`. */
export async function getDraft(ctx: Context, id: string): Promise<NoticeDraft> {
  const [draft] = await ctx.db.select().from(noticeDrafts).where(eq(noticeDrafts.id, id));
  if (!draft) throw new DomainError("not-found", "no-such-draft");
  return draft;
}

/** Locks the draft of a form; `conflict` when it is not as its author has seen it, or published or removed meanwhile. */
async function lockDraft(tx: Transaction, { draftId, draftVersion: seen }: DraftPlace): Promise<NoticeDraft> {
  const [draft] = await tx.select().from(noticeDrafts).where(eq(noticeDrafts.id, draftId)).for("update");
  if (!draft) throw new DomainError("conflict", "no-such-draft", { fault: "no-such-draft" });
  if (draftVersion(draft) !== seen) throw new DomainError("conflict", "draft-changed");
  return draft;
}

/** Stores a draft, new or changed; with a time it publishes itself then. Returns its id. Needs `notice.edit`. */
export async function saveDraft(ctx: Context, { place, fields, publishAt }: DraftForm): Promise<string> {
  const id = place.draftId || newId();
  return await change(ctx, { ...actionOn(id), once: true }, async (tx) => {
    if (publishAt && publishAt <= ctx.now) {
      throw new DomainError("invalid", "publish-time-over", {
        field: "publishAt",
        fault: "publish-time-over",
      });
    }
    if (publishAt) refuseTimesThatAreOver(NewNoticeForm.parse(fields), publishAt);
    const before = place.draftId === "" ? undefined : await lockDraft(tx, place);
    if (!before && (await tx.$count(noticeDrafts)) >= draftsMost) {
      throw new DomainError("conflict", "too-many-plans", { fault: "too-many-plans" });
    }
    const writtenByName = ctx.actor.kind === "user" ? ctx.actor.name : ctx.actor.kind;
    const row = { fields, publishAt, writtenByName, updatedAt: ctx.now, refusedFor: null };
    await tx
      .insert(noticeDrafts)
      .values({ id, ...row })
      .onConflictDoUpdate({ target: noticeDrafts.id, set: row });
    const entry = { subjectType: "notice-draft", subjectId: id, before, after: { ...fields, publishAt } };
    return { result: id, entries: [entry] };
  });
}

/** Removes a draft. Needs `notice.edit`. */
export async function discardDraft(ctx: Context, { id }: { id: string }): Promise<void> {
  await change(ctx, actionOn(id), async (tx) => {
    const [before] = await tx.delete(noticeDrafts).where(eq(noticeDrafts.id, id)).returning();
    if (!before) return unchanged(undefined);
    const entry = { subjectType: "notice-draft", subjectId: id, before: before.fields, after: null };
    return { result: undefined, entries: [entry] };
  });
}

/**
 * Publishes what stands in the form of a draft, which is then gone; the notice has the draft's id, so that it is published once.
 * Returns the id. Needs `notice.edit`.
 */
export async function publishDraft(ctx: Context, place: DraftPlace, notice: ReadNotice): Promise<string> {
  const id = place.draftId;
  return await change(ctx, { ...actionOn(id), once: true }, async (tx) => {
    await lockDraft(tx, place);
    await tx.delete(noticeDrafts).where(eq(noticeDrafts.id, id));
    return await insertNotice(tx, ctx, { ...notice, id });
  });
}
