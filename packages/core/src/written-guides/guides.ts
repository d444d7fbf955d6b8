import { and, asc, desc, eq, isNotNull, ne } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { GuideForm } from "./schemas.ts";
import { writtenGuides, writtenGuideVersions } from "./tables.ts";

type Row = typeof writtenGuides.$inferSelect;
/** A public guide in one version, with all versions that readers have seen, newest first. */
type PublicGuide = {
  slug: string;
  title: string;
  text: string;
  version: number;
  isNewest: boolean;
  versions: { version: number; note: string; at: Date }[];
};

const subjectOf = (id: string) => ({ type: "publication", id }) as const;
const missing = () => new DomainError("not-found", "no-such-guide");

/** Every guide for its authors, by title. */
export async function listWrittenGuides(ctx: Context): Promise<Row[]> {
  return await ctx.db.select().from(writtenGuides).orderBy(asc(writtenGuides.title)).limit(500);
}

/** The public guides with their texts, by title. */
export async function listPublicGuides(ctx: Context): Promise<Row[]> {
  return (await listWrittenGuides(ctx)).filter(({ publishedAt }) => publishedAt !== null);
}

/** A guide for its authors. Throws `not-found`. */
export async function getWrittenGuide(ctx: Context, { id }: { id: string }): Promise<Row> {
  const [row] = await ctx.db.select().from(writtenGuides).where(eq(writtenGuides.id, id));
  if (!row) throw missing();
  return row;
}

/** A public guide by its address, as it stands or in an earlier version. Undefined for an unknown one. */
export async function findPublicGuide(
  ctx: Context,
  { slug, version }: { slug: string; version?: number | undefined },
): Promise<PublicGuide | undefined> {
  const isThis = and(eq(writtenGuides.slug, slug), isNotNull(writtenGuides.publishedAt));
  const [guide] = await ctx.db.select().from(writtenGuides).where(isThis);
  if (!guide) return undefined;
  const versions = await ctx.db
    .select()
    .from(writtenGuideVersions)
    .where(eq(writtenGuideVersions.guideId, guide.id))
    .orderBy(desc(writtenGuideVersions.version));
  const [newest] = versions;
  const shown = version === undefined ? newest : versions.find((each) => each.version === version);
  if (!shown) return undefined;
  const { title, text } = shown;
  return { slug, title, text, version: shown.version, isNewest: shown === newest, versions };
}

async function requireFreeSlug(
  tx: Transaction,
  slug: string,
  id: string,
  taken: readonly string[],
): Promise<void> {
  const isOther = and(eq(writtenGuides.slug, slug), ne(writtenGuides.id, id));
  const isTaken = taken.includes(slug) || (await tx.$count(writtenGuides, isOther)) > 0;
  if (isTaken) throw new DomainError("conflict", "address-taken", { field: "slug", fault: "address-taken" });
}

async function keepVersion(
  tx: Transaction,
  id: string,
  form: GuideForm,
  version: number,
  now: Date,
): Promise<void> {
  if (!form.isPublished) return;
  const { title, text, note } = form;
  await tx.insert(writtenGuideVersions).values({ guideId: id, version, title, text, note, at: now });
}

/** Addresses of the repository's own guides, which a written one cannot take. */
type Taken = { taken: readonly string[] };

/** Writes a new guide; returns its id. Needs `publication.edit`. Throws `conflict` for an address that another guide has. */
export async function createGuide(ctx: Context, form: GuideForm, { taken }: Taken): Promise<string> {
  const id = newId();
  const what = { action: "publication.edit", subject: subjectOf(id), once: true } as const;
  return await change(ctx, what, async (tx) => {
    await requireFreeSlug(tx, form.slug, id, taken);
    const { title, slug, text, isPublished } = form;
    const row = { title, slug, text, publishedAt: isPublished ? ctx.now : null };
    await tx.insert(writtenGuides).values({ id, ...row, changedAt: ctx.now, version: 1 });
    await keepVersion(tx, id, form, 1, ctx.now);
    return { result: id, entries: [{ subjectType: "publication", subjectId: id, after: row }] };
  });
}

/** Saves a guide; what readers saw before is kept as a version. Throws `conflict` when somebody else saved it meanwhile. */
export async function saveGuide(
  ctx: Context,
  { id, ...form }: GuideForm & { id: string },
  { taken }: Taken,
): Promise<void> {
  await change(ctx, { action: "publication.edit", subject: subjectOf(id) }, async (tx) => {
    const [before] = await tx.select().from(writtenGuides).where(eq(writtenGuides.id, id)).for("update");
    if (!before) throw missing();
    if (before.version !== form.seenVersion) throw new DomainError("conflict", "article-changed");
    await requireFreeSlug(tx, form.slug, id, taken);
    const { title, slug, text, isPublished } = form;
    const row = { title, slug, text, publishedAt: isPublished ? (before.publishedAt ?? ctx.now) : null };
    const version = before.version + 1;
    await tx
      .update(writtenGuides)
      .set({ ...row, changedAt: ctx.now, version })
      .where(eq(writtenGuides.id, id));
    await keepVersion(tx, id, form, version, ctx.now);
    return {
      result: undefined,
      entries: [{ subjectType: "publication", subjectId: id, before, after: row }],
    };
  });
}
