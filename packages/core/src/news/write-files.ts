import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { fileRules, fileTypeOf } from "./file-type.ts";
import { newsArticles, newsFiles } from "./tables.ts";
import { lockArticle } from "./write-articles.ts";

const filesMost = 20;
const nameMost = 100;

/** The name of a file as it is stored and served: no folder, no control characters. */
const cleanName = (name: string) =>
  (name.split(/[\\/]/).at(-1) ?? "")
    .replaceAll(/[\p{C}"<>|*?:%#]/gu, "")
    .trim()
    .slice(-nameMost);

const refused = (fault: "file-type" | "file-too-large" | "too-many-files" | "file-name-taken") =>
  new DomainError("invalid", fault, { field: "fil", fault });

/**
 * Adds a picture or an attachment to an article; returns its id. Throws `invalid` for other files than PDF, ZIP, PNG, JPEG and WebP,
 * for those that are too large or too many, and for a name that the article has already.
 */
export async function addNewsFile(
  ctx: Context,
  { articleId, ...file }: { articleId: string; name: string; description: string; bytes: Buffer },
): Promise<string> {
  const name = cleanName(file.name);
  const type = fileTypeOf(name, file.bytes);
  if (!type) throw refused("file-type");
  if (file.bytes.byteLength > fileRules[type].bytesMax) throw refused("file-too-large");
  const id = newId();
  const subject = { type: "publication", id: articleId } as const;
  return await change(ctx, { action: "publication.edit", subject }, async (tx) => {
    await lockArticle(tx, articleId);
    const others = await tx
      .select({ name: newsFiles.name })
      .from(newsFiles)
      .where(eq(newsFiles.articleId, articleId));
    if (others.length >= filesMost) throw refused("too-many-files");
    if (others.some((other) => other.name === name)) throw refused("file-name-taken");
    const sha256 = createHash("sha256").update(file.bytes).digest("hex");
    const row = { name, type, sizeBytes: file.bytes.byteLength, sha256, description: file.description };
    await tx.insert(newsFiles).values({ id, articleId, ...row, addedAt: ctx.now, bytes: file.bytes });
    await tx.update(newsArticles).set({ changedAt: ctx.now }).where(eq(newsArticles.id, articleId));
    const entry = { subjectType: "publication", subjectId: articleId, after: { file: row } };
    return { result: id, entries: [entry] };
  });
}

/** Removes a file of an article. Throws `not-found`. */
export async function removeNewsFile(
  ctx: Context,
  { articleId, fileId }: { articleId: string; fileId: string },
): Promise<void> {
  const subject = { type: "publication", id: articleId } as const;
  await change(ctx, { action: "publication.edit", subject }, async (tx) => {
    await lockArticle(tx, articleId);
    const isThis = and(eq(newsFiles.id, fileId), eq(newsFiles.articleId, articleId));
    const [gone] = await tx
      .delete(newsFiles)
      .where(isThis)
      .returning({ name: newsFiles.name, sha256: newsFiles.sha256 });
    if (!gone) throw new DomainError("not-found", "no-such-file");
    await tx.update(newsArticles).set({ changedAt: ctx.now }).where(eq(newsArticles.id, articleId));
    const entry = { subjectType: "publication", subjectId: articleId, before: { file: gone } };
    return { result: undefined, entries: [entry] };
  });
}
