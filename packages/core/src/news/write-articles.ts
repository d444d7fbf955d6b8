import { and, eq, like, ne, or } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { ArticleForm } from "./schemas.ts";
import { newsArticles, newsCorrections, newsOldAddresses } from "./tables.ts";

type Row = typeof newsArticles.$inferSelect;

const subjectOf = (id: string) => ({ type: "publication", id }) as const;

/** When the article is public after the save: a public one keeps its time when it is published "now" again. */
function publishAtOf({ when, publishAt }: ArticleForm, before: Date | null, now: Date): Date | null {
  if (when === "draft") return null;
  if (when === "now") return before && before <= now ? before : now;
  if (publishAt && publishAt > now) return publishAt;
  throw new DomainError("invalid", "publish-over", { field: "publishAt", fault: "publish-over" });
}

async function slugsLike(tx: Transaction, slug: string, except: string): Promise<Set<string>> {
  const like_ = `${slug}-%`;
  const own = await tx
    .select({ slug: newsArticles.slug })
    .from(newsArticles)
    .where(and(or(eq(newsArticles.slug, slug), like(newsArticles.slug, like_)), ne(newsArticles.id, except)));
  const old = await tx
    .select({ slug: newsOldAddresses.slug })
    .from(newsOldAddresses)
    .where(
      and(
        or(eq(newsOldAddresses.slug, slug), like(newsOldAddresses.slug, like_)),
        ne(newsOldAddresses.articleId, except),
      ),
    );
  return new Set([...own, ...old].map((row) => row.slug));
}

/** A free address: the wanted one, or with a number where it was made of the title. */
async function freeSlug(tx: Transaction, form: ArticleForm, id: string): Promise<string> {
  const taken = await slugsLike(tx, form.slug, id);
  if (!taken.has(form.slug)) return form.slug;
  if (form.isOwnSlug)
    throw new DomainError("conflict", "address-taken", { field: "slug", fault: "address-taken" });
  let number = 2;
  while (taken.has(`${form.slug}-${number}`)) number += 1;
  return `${form.slug}-${number}`;
}

const contentOf = ({ title, summary, text, tags }: Pick<Row, "title" | "summary" | "text" | "tags">) => ({
  title,
  summary,
  text,
  tags,
});

/** Writes a new article; returns its id. Needs `publication.edit`. */
export async function createArticle(ctx: Context, form: ArticleForm): Promise<string> {
  const id = newId();
  const what = { action: "publication.edit", subject: subjectOf(id), once: true } as const;
  return await change(ctx, what, async (tx) => {
    const slug = await freeSlug(tx, form, id);
    const publishAt = publishAtOf(form, null, ctx.now);
    const row = { ...contentOf(form), slug, publishAt, isMailed: form.isMailed };
    await tx.insert(newsArticles).values({ id, ...row, createdAt: ctx.now, changedAt: ctx.now, version: 1 });
    return { result: id, entries: [{ subjectType: "publication", subjectId: id, after: row }] };
  });
}

/**
 * Saves an article. What is corrected in a public one is told where the form says what. An address that it had before leads to the
 * new one. Throws `conflict` when somebody else saved it meanwhile, or the address is another's.
 */
export async function saveArticle(
  ctx: Context,
  { id, ...form }: ArticleForm & { id: string },
): Promise<void> {
  await change(ctx, { action: "publication.edit", subject: subjectOf(id) }, async (tx) => {
    const before = await lockArticle(tx, id);
    if (before.version !== form.seenVersion) throw new DomainError("conflict", "article-changed");
    const slug = await freeSlug(tx, { ...form, slug: form.isOwnSlug ? form.slug : before.slug }, id);
    const publishAt = publishAtOf(form, before.publishAt, ctx.now);
    const row = { ...contentOf(form), slug, publishAt, isMailed: form.isMailed };
    const isChanged = JSON.stringify(contentOf(form)) !== JSON.stringify(contentOf(before));
    const changedAt = isChanged ? ctx.now : before.changedAt;
    await tx
      .update(newsArticles)
      .set({ ...row, changedAt, version: before.version + 1 })
      .where(eq(newsArticles.id, id));
    if (slug !== before.slug) await keepAddress(tx, { id, before, slug, now: ctx.now });
    const wasPublic = before.publishAt !== null && before.publishAt <= ctx.now;
    if (form.correction !== "" && wasPublic) await correct(tx, { id, text: form.correction, now: ctx.now });
    return {
      result: undefined,
      entries: [{ subjectType: "publication", subjectId: id, before, after: row }],
    };
  });
}

/** Locks an article for writing. Throws `not-found`. */
export async function lockArticle(tx: Transaction, id: string): Promise<Row> {
  const [row] = await tx.select().from(newsArticles).where(eq(newsArticles.id, id)).for("update");
  if (!row) throw new DomainError("not-found", "no-such-article");
  return row;
}

async function correct(tx: Transaction, { id, text, now }: { id: string; text: string; now: Date }) {
  await tx.insert(newsCorrections).values({ id: newId(), articleId: id, at: now, text });
  await tx.update(newsArticles).set({ changedAt: now }).where(eq(newsArticles.id, id));
}

type Moved = { id: string; before: Row; slug: string; now: Date };

/** Only an address that readers could have seen is kept; the new one may be one that the article had before. */
async function keepAddress(tx: Transaction, { id, before, slug, now }: Moved): Promise<void> {
  await tx.delete(newsOldAddresses).where(eq(newsOldAddresses.slug, slug));
  if (before.publishAt === null || before.publishAt > now) return;
  await tx.insert(newsOldAddresses).values({ slug: before.slug, articleId: id });
}

/** Deletes an article that was never public, with its files. Throws `conflict` for one that is or was. */
export async function deleteDraft(ctx: Context, { id }: { id: string }): Promise<void> {
  await change(ctx, { action: "publication.edit", subject: subjectOf(id) }, async (tx) => {
    const before = await lockArticle(tx, id);
    if (before.publishAt !== null || before.spreadAt !== null)
      throw new DomainError("conflict", "article-published");
    await tx.delete(newsArticles).where(eq(newsArticles.id, id));
    return { result: undefined, entries: [{ subjectType: "publication", subjectId: id, before }] };
  });
}
