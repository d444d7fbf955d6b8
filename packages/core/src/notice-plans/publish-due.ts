import { and, eq, isNull, lte } from "drizzle-orm";
import { type Context, change, unchanged, work } from "../context.ts";
import { DomainError } from "../errors.ts";
import { insertNotice, NewNoticeForm } from "../status/index.ts";
import { noticeDrafts } from "./tables.ts";

const atOnce = 50;

/** Publishes the drafts whose time has come, in their authors' names. Returns how many; safe in several processes. */
export async function publishDueDrafts(ctx: Context): Promise<number> {
  const isDue = and(lte(noticeDrafts.publishAt, ctx.now), isNull(noticeDrafts.refusedFor));
  const due = await ctx.db.select({ id: noticeDrafts.id }).from(noticeDrafts).where(isDue).limit(atOnce);
  let published = 0;
  for (const { id } of due) if (await publishOrRefuse(ctx, id)) published += 1;
  return published;
}

/** A draft that cannot be published any more stays, with the reason, for its author. */
async function publishOrRefuse(ctx: Context, id: string): Promise<boolean> {
  try {
    return await publish(ctx, id);
  } catch (error) {
    const isRefusal = error instanceof DomainError && ["invalid", "conflict"].includes(error.code);
    if (!isRefusal) throw error;
    await work(ctx, async (tx) => {
      await tx.update(noticeDrafts).set({ refusedFor: error.words }).where(eq(noticeDrafts.id, id));
    });
    return false;
  }
}

async function publish(ctx: Context, id: string): Promise<boolean> {
  const what = { action: "notice.edit", subject: { type: "notice", id } } as const;
  return await change(ctx, what, async (tx) => {
    const [draft] = await tx.select().from(noticeDrafts).where(eq(noticeDrafts.id, id)).for("update");
    const isDue = draft?.publishAt && draft.publishAt <= ctx.now && draft.refusedFor === null;
    if (!isDue) return unchanged(false);
    await tx.delete(noticeDrafts).where(eq(noticeDrafts.id, id));
    const notice = NewNoticeForm.safeParse(draft.fields);
    if (!notice.success) throw new DomainError("invalid", "draft-incomplete");
    const { entries } = await insertNotice(tx, ctx, { ...notice.data, id, author: draft.writtenByName });
    return { result: true, entries };
  });
}
