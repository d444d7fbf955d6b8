import { and, arrayContains, asc, count, desc, eq, inArray, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { danishZone } from "../validity/index.ts";
import { newsArticles, newsCorrections, newsFiles, newsOldAddresses } from "./tables.ts";

const fileColumns = {
  id: newsFiles.id,
  articleId: newsFiles.articleId,
  name: newsFiles.name,
  type: newsFiles.type,
  sizeBytes: newsFiles.sizeBytes,
  sha256: newsFiles.sha256,
  description: newsFiles.description,
};

type NewsFile = Pick<
  typeof newsFiles.$inferSelect,
  "id" | "articleId" | "name" | "type" | "sizeBytes" | "sha256" | "description"
>;

/** An article with its corrections, oldest first, and its files. */
export type Article = typeof newsArticles.$inferSelect & {
  corrections: { at: Date; text: string }[];
  files: NewsFile[];
};

/** An article that is public, or was once. */
export type PublicArticle = Article & { publishAt: Date };

const isPublic = (now: Date) => lte(newsArticles.publishAt, now);
const yearOf = sql<number>`extract(year from ${newsArticles.publishAt} at time zone ${sql.raw(`'${danishZone}'`)})::int`;

async function withParts(ctx: Context, rows: (typeof newsArticles.$inferSelect)[]): Promise<Article[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const corrections = await ctx.db
    .select()
    .from(newsCorrections)
    .where(inArray(newsCorrections.articleId, ids))
    .orderBy(asc(newsCorrections.at));
  const files = await ctx.db
    .select(fileColumns)
    .from(newsFiles)
    .where(inArray(newsFiles.articleId, ids))
    .orderBy(asc(newsFiles.addedAt));
  return rows.map((row) => ({
    ...row,
    corrections: corrections.filter(({ articleId }) => articleId === row.id),
    files: files.filter(({ articleId }) => articleId === row.id),
  }));
}

type Narrowing = { year?: number | undefined; tag?: string | undefined };

function narrowed({ year, tag }: Narrowing, now: Date): SQL | undefined {
  return and(
    isPublic(now),
    year === undefined ? undefined : eq(yearOf, year),
    tag === undefined ? undefined : arrayContains(newsArticles.tags, [tag]),
  );
}

/** The public articles, newest first, of a year or with a tag where those are given. */
export async function listNews(
  ctx: Context,
  { limit, offset = 0, ...of }: Narrowing & { limit: number; offset?: number },
): Promise<{ items: PublicArticle[]; total: number }> {
  const which = narrowed(of, ctx.now);
  const rows = await ctx.db
    .select()
    .from(newsArticles)
    .where(which)
    .orderBy(desc(newsArticles.publishAt), desc(newsArticles.id))
    .limit(limit)
    .offset(offset);
  return {
    items: (await withParts(ctx, rows)) as PublicArticle[],
    total: await ctx.db.$count(newsArticles, which),
  };
}

/** The years and the tags of public articles, with how many there are of each; years newest first, tags by name. */
export async function readNewsArchive(
  ctx: Context,
): Promise<{ years: { year: number; count: number }[]; tags: { tag: string; count: number }[] }> {
  const years = await ctx.db
    .select({ year: yearOf, count: count() })
    .from(newsArticles)
    .where(isPublic(ctx.now))
    .groupBy(yearOf)
    .orderBy(desc(yearOf));
  const tag = sql<string>`unnest(${newsArticles.tags})`;
  const tagged = await ctx.db
    .select({ tag: tag.as("tag"), count: count() })
    .from(newsArticles)
    .where(isPublic(ctx.now))
    .groupBy(sql`1`);
  return { years, tags: tagged.sort((a, b) => a.tag.localeCompare(b.tag, "da")) };
}

/** A public article by its address; `movedTo` is the present address for one that it had before. Undefined for others. */
export async function findNews(
  ctx: Context,
  { slug }: { slug: string },
): Promise<PublicArticle | { movedTo: string } | undefined> {
  const isOpen = isPublic(ctx.now);
  const found = await ctx.db
    .select()
    .from(newsArticles)
    .where(and(eq(newsArticles.slug, slug), isOpen));
  const [article] = await withParts(ctx, found);
  if (article) return article as PublicArticle;
  const [old] = await ctx.db
    .select({ slug: newsArticles.slug })
    .from(newsOldAddresses)
    .innerJoin(newsArticles, eq(newsArticles.id, newsOldAddresses.articleId))
    .where(and(eq(newsOldAddresses.slug, slug), isOpen));
  return old && { movedTo: old.slug };
}

/** Every article for its authors: drafts first, then planned and public ones, newest first. */
export async function listArticles(ctx: Context): Promise<Article[]> {
  const rows = await ctx.db
    .select()
    .from(newsArticles)
    .orderBy(sql`${newsArticles.publishAt} desc nulls first`, desc(newsArticles.id))
    .limit(500);
  return await withParts(ctx, rows);
}

/** An article for its authors, public or not. Throws `not-found`. */
export async function getArticle(ctx: Context, { id }: { id: string }): Promise<Article> {
  const rows = await ctx.db.select().from(newsArticles).where(eq(newsArticles.id, id));
  const [article] = await withParts(ctx, rows);
  if (!article) throw new DomainError("not-found", "no-such-article");
  return article;
}

/** A file with its bytes; of an article that is not public only for authors. Undefined for others. */
export async function findNewsFile(
  ctx: Context,
  { id, forAuthors }: { id: string; forAuthors: boolean },
): Promise<(NewsFile & { bytes: Buffer }) | undefined> {
  const [found] = await ctx.db
    .select({ ...fileColumns, bytes: newsFiles.bytes })
    .from(newsFiles)
    .innerJoin(newsArticles, eq(newsArticles.id, newsFiles.articleId))
    .where(and(eq(newsFiles.id, id), forAuthors ? undefined : isPublic(ctx.now)));
  return found;
}
