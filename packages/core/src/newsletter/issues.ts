import { and, asc, desc, eq, inArray, isNotNull, lte, sql } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type ReadDatabase, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { ToldArticle } from "../news/index.ts";
import { newsArticles } from "../news/tables.ts";
import type { IssueForm } from "./schemas.ts";
import { newsletterArticles, newsletters } from "./tables.ts";

type Row = typeof newsletters.$inferSelect;
/** An issue with its articles that are public, in order. */
export type Issue = Row & { articles: (ToldArticle & { id: string })[] };

const subjectOf = (id: string) => ({ type: "publication", id }) as const;

/** The public articles of an issue, in order: one that was withdrawn is left out. */
async function articlesOf(db: ReadDatabase | Transaction, id: string, now: Date): Promise<Issue["articles"]> {
  const rows = await db
    .select({ article: newsArticles })
    .from(newsletterArticles)
    .innerJoin(newsArticles, eq(newsArticles.id, newsletterArticles.articleId))
    .where(and(eq(newsletterArticles.newsletterId, id), lte(newsArticles.publishAt, now)))
    .orderBy(asc(newsletterArticles.position));
  return rows.flatMap(({ article: { id: articleId, slug, title, summary, publishAt } }) =>
    publishAt ? [{ id: articleId, slug, title, summary, publishAt }] : [],
  );
}

/** An issue by its id, within a transaction or not. Undefined for an unknown one. */
export async function readIssue(
  db: ReadDatabase | Transaction,
  id: string,
  now: Date,
): Promise<Issue | undefined> {
  const [row] = await db.select().from(newsletters).where(eq(newsletters.id, id));
  return row && { ...row, articles: await articlesOf(db, id, now) };
}

const missing = () => new DomainError("not-found", "no-such-issue");

/** An issue for its authors. Throws `not-found`. */
export async function getIssue(ctx: Context, { id }: { id: string }): Promise<Issue> {
  const issue = await readIssue(ctx.db, id, ctx.now);
  if (!issue) throw missing();
  return issue;
}

/** Every issue for its authors: drafts first, then the newest. */
export async function listIssues(ctx: Context): Promise<Row[]> {
  return await ctx.db
    .select()
    .from(newsletters)
    .orderBy(sql`${newsletters.sentAt} desc nulls first`, desc(newsletters.id))
    .limit(200);
}

/** The issues that were sent, newest first. */
export async function listSentIssues(
  ctx: Context,
): Promise<{ number: number; title: string; sentAt: Date }[]> {
  const rows = await ctx.db
    .select()
    .from(newsletters)
    .where(isNotNull(newsletters.sentAt))
    .orderBy(desc(newsletters.number))
    .limit(500);
  return rows.flatMap(({ number, title, sentAt }) =>
    number === null || sentAt === null ? [] : [{ number, title, sentAt }],
  );
}

/** An issue of the archive by its number. Throws `not-found`. */
export async function getSentIssue(ctx: Context, { number }: { number: number }): Promise<Issue> {
  const [row] = await ctx.db.select().from(newsletters).where(eq(newsletters.number, number));
  if (!row) throw missing();
  return { ...row, articles: await articlesOf(ctx.db, row.id, ctx.now) };
}

async function putArticles(tx: Transaction, id: string, wanted: readonly string[]): Promise<void> {
  const articles = [...new Set(wanted)];
  const known = await tx
    .select({ id: newsArticles.id })
    .from(newsArticles)
    .where(inArray(newsArticles.id, articles));
  if (known.length < articles.length)
    throw new DomainError("invalid", "no-such-article", { field: "articles", fault: "no-such-article" });
  await tx.delete(newsletterArticles).where(eq(newsletterArticles.newsletterId, id));
  const rows = articles.map((articleId, position) => ({ newsletterId: id, articleId, position }));
  if (rows.length > 0) await tx.insert(newsletterArticles).values(rows);
}

/** Writes a new issue as a draft; returns its id. Needs `publication.edit`. */
export async function createIssue(ctx: Context, { title, intro, articles }: IssueForm): Promise<string> {
  const id = newId();
  const what = { action: "publication.edit", subject: subjectOf(id), once: true } as const;
  return await change(ctx, what, async (tx) => {
    await tx
      .insert(newsletters)
      .values({ id, title, intro, createdAt: ctx.now, changedAt: ctx.now, version: 1 });
    await putArticles(tx, id, articles);
    const entry = { subjectType: "publication", subjectId: id, after: { title, text: intro, articles } };
    return { result: id, entries: [entry] };
  });
}

/** Locks a draft as its author saw it. Throws `not-found`, or `conflict` when it was sent or saved meanwhile. */
async function lockDraft(tx: Transaction, id: string, seenVersion: number): Promise<Row> {
  const [row] = await tx.select().from(newsletters).where(eq(newsletters.id, id)).for("update");
  if (!row) throw missing();
  if (row.sentAt !== null) throw new DomainError("conflict", "issue-sent");
  if (row.version !== seenVersion) throw new DomainError("conflict", "article-changed");
  return row;
}

/** Saves a draft. */
export async function saveIssue(ctx: Context, { id, ...form }: IssueForm & { id: string }): Promise<void> {
  await change(ctx, { action: "publication.edit", subject: subjectOf(id) }, async (tx) => {
    const before = await lockDraft(tx, id, form.seenVersion);
    const { title, intro, articles } = form;
    const version = before.version + 1;
    await tx
      .update(newsletters)
      .set({ title, intro, changedAt: ctx.now, version })
      .where(eq(newsletters.id, id));
    await putArticles(tx, id, articles);
    const after = { title, text: intro, articles };
    return { result: undefined, entries: [{ subjectType: "publication", subjectId: id, before, after }] };
  });
}

/**
 * Sends an issue: it gets its number and its page, and workers mail it. Once; throws `conflict` when it was sent or saved meanwhile,
 * and `invalid` when it has no articles.
 */
export async function sendIssue(
  ctx: Context,
  { id, seenVersion }: { id: string; seenVersion: number },
): Promise<void> {
  await change(ctx, { action: "publication.edit", subject: subjectOf(id) }, async (tx) => {
    // Numbers are given out one at a time.
    await waitForLock(tx, "newsletter-numbers");
    await lockDraft(tx, id, seenVersion);
    if ((await articlesOf(tx, id, ctx.now)).length === 0) throw new DomainError("invalid", "issue-empty");
    const [last] = await tx.select({ number: sql<number>`coalesce(max(number), 0)::int` }).from(newsletters);
    const after = { number: (last?.number ?? 0) + 1, sentAt: ctx.now };
    await tx.update(newsletters).set(after).where(eq(newsletters.id, id));
    return { result: undefined, entries: [{ subjectType: "publication", subjectId: id, after }] };
  });
}
