import { asc, eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { NoticeKind } from "../status/index.ts";
import type { TemplateForm } from "./schemas.ts";
import { noticeTemplates } from "./tables.ts";

export type NoticeTemplate = typeof noticeTemplates.$inferSelect;

const templatesMost = 200;
const actionOn = (id: string) => ({ action: "notice.edit", subject: { type: "notice", id } }) as const;

/** The templates of a kind, or all, by name. */
export async function listTemplates(ctx: Context, kind?: NoticeKind): Promise<NoticeTemplate[]> {
  return await ctx.db
    .select()
    .from(noticeTemplates)
    .where(kind && eq(noticeTemplates.kind, kind))
    .orderBy(asc(noticeTemplates.name));
}

/** Writes a template, new or changed. Throws `conflict` for a name that another has. Needs `notice.edit`. */
export async function saveTemplate(ctx: Context, { templateId, ...wanted }: TemplateForm): Promise<string> {
  const id = templateId || newId();
  return await change(ctx, { ...actionOn(id), once: true }, async (tx) => {
    const all = await tx.select().from(noticeTemplates).for("update");
    const before = all.find((template) => template.id === id);
    if (templateId !== "" && !before) throw new DomainError("not-found", "no-such-template");
    if (all.some((other) => other.id !== id && other.name === wanted.name)) {
      throw new DomainError("conflict", "template-name-taken", {
        field: "name",
        fault: "template-name-taken",
      });
    }
    if (!before && all.length >= templatesMost)
      throw new DomainError("conflict", "too-many-plans", { fault: "too-many-plans" });
    const row = { ...wanted, updatedAt: ctx.now };
    await tx
      .insert(noticeTemplates)
      .values({ id, ...row })
      .onConflictDoUpdate({ target: noticeTemplates.id, set: row });
    const entry = { subjectType: "notice-template", subjectId: id, before, after: wanted };
    return { result: id, entries: [entry] };
  });
}

/** Removes a template; notices that were begun with it keep their texts. Needs `notice.edit`. */
export async function removeTemplate(ctx: Context, { id }: { id: string }): Promise<void> {
  await change(ctx, actionOn(id), async (tx) => {
    const [before] = await tx.delete(noticeTemplates).where(eq(noticeTemplates.id, id)).returning();
    if (!before) return unchanged(undefined);
    const entry = { subjectType: "notice-template", subjectId: id, before, after: null };
    return { result: undefined, entries: [entry] };
  });
}
