import { and, asc, eq } from "drizzle-orm";
import { type Context, changeUnjournalled } from "../context.ts";
import { waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { SearchToSave } from "./schemas.ts";
import { savedSearches } from "./tables.ts";

/** A kept search: its name and its query string. */
type SavedSearch = { name: string; query: string };

const searchesMax = 50;

/** The searches that the actor has saved, by name. */
export async function listSavedSearches(ctx: Context): Promise<SavedSearch[]> {
  if (ctx.actor.kind !== "user") return [];
  return await ctx.db
    .select({ name: savedSearches.name, query: savedSearches.query })
    .from(savedSearches)
    .where(eq(savedSearches.userId, ctx.actor.id))
    .orderBy(asc(savedSearches.name));
}

const ownOf = (userId: string) =>
  ({ action: "saved-search.edit", subject: { type: "user", id: userId } }) as const;

function userOf({ actor }: Context): string {
  if (actor.kind === "user") return actor.id;
  throw new DomainError("not-allowed", "no-right", { action: "saved-search.edit" });
}

/** Saves a search; one of the same name is replaced. `too-many` for more than an account may have. */
export async function saveSearch(ctx: Context, { name, query }: SearchToSave): Promise<void> {
  const userId = userOf(ctx);
  await changeUnjournalled(ctx, ownOf(userId), async (tx) => {
    await waitForLock(tx, "saved-searches", userId);
    const others = await tx.$count(savedSearches, eq(savedSearches.userId, userId));
    if (others >= searchesMax) throw new DomainError("too-many", "too-many-searches", { searchesMax });
    await tx
      .insert(savedSearches)
      .values({ userId, name, query, savedAt: ctx.now })
      .onConflictDoUpdate({
        target: [savedSearches.userId, savedSearches.name],
        set: { query, savedAt: ctx.now },
      });
  });
}

/** Removes a saved search of the actor's; one that is gone already stays gone. */
export async function removeSearch(ctx: Context, { name }: Pick<SearchToSave, "name">): Promise<void> {
  const userId = userOf(ctx);
  await changeUnjournalled(ctx, ownOf(userId), async (tx) => {
    await tx.delete(savedSearches).where(and(eq(savedSearches.userId, userId), eq(savedSearches.name, name)));
  });
}
