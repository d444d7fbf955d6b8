import { and, desc, eq, inArray } from "drizzle-orm";
import { type Context, changeUnjournalled } from "../context.ts";
import { newId } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { bulkFiles } from "./tables.ts";

type TakenFile = typeof bulkFiles.$inferSelect;

const filesKept = 20;

/** Keeps the report of a file; the account's oldest goes when there are more than twenty. */
export async function keepReport(
  ctx: Context,
  input: Pick<TakenFile, "fileName" | "report" | "changeSetId">,
): Promise<string> {
  const { actor, now } = ctx;
  if (actor.kind !== "user")
    throw new DomainError("not-allowed", "no-right", { action: "saved-search.edit" });
  const own = { action: "saved-search.edit", subject: { type: "user", id: actor.id }, once: true } as const;
  return await changeUnjournalled(ctx, own, async (tx) => {
    const id = newId();
    await tx.insert(bulkFiles).values({ id, userId: actor.id, takenAt: now, ...input });
    const older = await tx
      .select({ id: bulkFiles.id })
      .from(bulkFiles)
      .where(eq(bulkFiles.userId, actor.id))
      .orderBy(desc(bulkFiles.takenAt), desc(bulkFiles.id))
      .offset(filesKept);
    if (older.length > 0)
      await tx.delete(bulkFiles).where(
        inArray(
          bulkFiles.id,
          older.map((each) => each.id),
        ),
      );
    return id;
  });
}

/** The report of a file that the actor has uploaded; throws `not-found` for any other. */
export async function getReport(ctx: Context, { id }: { id: string }): Promise<TakenFile> {
  const { actor } = ctx;
  const userId = actor.kind === "user" ? actor.id : undefined;
  const [found] =
    userId === undefined
      ? []
      : await ctx.db
          .select()
          .from(bulkFiles)
          .where(and(eq(bulkFiles.id, id), eq(bulkFiles.userId, userId)));
  if (!found) throw new DomainError("not-found", "no-such-file");
  return found;
}
