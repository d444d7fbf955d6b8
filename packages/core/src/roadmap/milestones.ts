import { asc, eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { lastDayOf } from "./due.ts";
import type { MilestoneForm } from "./schemas.ts";
import { milestones, milestoneVersions } from "./tables.ts";

type Row = typeof milestones.$inferSelect;
/** A milestone with its versions, oldest first. */
export type Milestone = Row & {
  history: Pick<
    typeof milestoneVersions.$inferSelect,
    "version" | "title" | "due" | "state" | "note" | "at"
  >[];
};

const subjectOf = (id: string) => ({ type: "publication", id }) as const;
const missing = () => new DomainError("not-found", "no-such-milestone");

/** Every milestone with its history, by when it is due. */
export async function listMilestones(ctx: Context): Promise<Milestone[]> {
  const rows = await ctx.db.select().from(milestones).limit(500);
  const versions = await ctx.db.select().from(milestoneVersions).orderBy(asc(milestoneVersions.version));
  const byMilestone = Map.groupBy(versions, ({ milestoneId }) => milestoneId);
  const all = rows.map((row) => ({ ...row, history: byMilestone.get(row.id) ?? [] }));
  const keyOf = ({ due, title }: Row) => `${lastDayOf(due)} ${title}`;
  return all.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** A milestone. Throws `not-found`. */
export async function getMilestone(ctx: Context, { id }: { id: string }): Promise<Row> {
  const [row] = await ctx.db.select().from(milestones).where(eq(milestones.id, id));
  if (!row) throw missing();
  return row;
}

async function keepVersion(
  tx: Transaction,
  { id, version, ...form }: MilestoneForm & { id: string; version: number },
  now: Date,
): Promise<void> {
  const { title, due, state, note } = form;
  await tx.insert(milestoneVersions).values({ milestoneId: id, version, title, due, state, note, at: now });
}

/** Adds a milestone; returns its id. Needs `publication.edit`. */
export async function createMilestone(ctx: Context, form: MilestoneForm): Promise<string> {
  const id = newId();
  const what = { action: "publication.edit", subject: subjectOf(id), once: true } as const;
  return await change(ctx, what, async (tx) => {
    const { title, text, due, state } = form;
    const row = { title, text, due, state };
    await tx.insert(milestones).values({ id, ...row, createdAt: ctx.now, changedAt: ctx.now, version: 1 });
    await keepVersion(tx, { ...form, id, version: 1 }, ctx.now);
    return { result: id, entries: [{ subjectType: "publication", subjectId: id, after: row }] };
  });
}

/** Changes a milestone; its history keeps what it was. Throws `conflict` when somebody else saved it meanwhile. */
export async function saveMilestone(
  ctx: Context,
  { id, ...form }: MilestoneForm & { id: string },
): Promise<void> {
  await change(ctx, { action: "publication.edit", subject: subjectOf(id) }, async (tx) => {
    const [before] = await tx.select().from(milestones).where(eq(milestones.id, id)).for("update");
    if (!before) throw missing();
    if (before.version !== form.seenVersion) throw new DomainError("conflict", "article-changed");
    const { title, text, due, state } = form;
    const row = { title, text, due, state };
    const version = before.version + 1;
    await tx
      .update(milestones)
      .set({ ...row, changedAt: ctx.now, version })
      .where(eq(milestones.id, id));
    await keepVersion(tx, { ...form, id, version }, ctx.now);
    return {
      result: undefined,
      entries: [{ subjectType: "publication", subjectId: id, before, after: row }],
    };
  });
}
