import { and, asc, eq, sql } from "drizzle-orm";
import { users } from "../access/tables.ts";
import { type Context, changeUnjournalled } from "../context.ts";
import { newId, type ReadDatabase, type Transaction, waitForLock } from "../database/index.ts";
import { locations } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { currentSequence } from "../journal/index.ts";
import { organisations } from "../organisations/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import type { NewWatch } from "./schemas.ts";
import { watches } from "./tables.ts";

export type Watch = Pick<typeof watches.$inferSelect, "id" | "kind" | "gln" | "messageType" | "sorId">;
/** What an account watches, and where its mails go; `isSuspended` when the address refused three in a row. */
export type OwnWatches = {
  watches: Watch[];
  address: string | null;
  digest: "at-once" | "daily";
  isSuspended: boolean;
};

const watchesMost = 100;

function userOf({ actor }: Context): string {
  if (actor.kind === "user") return actor.id;
  throw new DomainError("not-allowed", "no-right", { action: "saved-search.edit" });
}
const ownOf = (userId: string) =>
  ({ action: "saved-search.edit", subject: { type: "user", id: userId } }) as const;

const isOwn = (userId: string) =>
  and(eq(subscriptions.topic, "watches"), sql`${subscriptions.wishes} ->> 'userId' = ${userId}`);

async function receiverOf(db: ReadDatabase | Transaction, userId: string) {
  const [row] = await db.select().from(subscriptions).where(isOwn(userId));
  return row;
}

/** What the actor watches. */
export async function listWatches(ctx: Context): Promise<OwnWatches> {
  const userId = userOf(ctx);
  const receiver = await receiverOf(ctx.db, userId);
  const { id, kind, gln, messageType, sorId } = watches;
  const rows = await ctx.db
    .select({ id, kind, gln, messageType, sorId })
    .from(watches)
    .innerJoin(subscriptions, eq(subscriptions.id, watches.subscriptionId))
    .where(isOwn(userId))
    .orderBy(asc(watches.createdAt), asc(watches.id));
  const [user] = await ctx.db.select({ email: users.email }).from(users).where(eq(users.id, userId));
  return {
    watches: rows,
    address: user?.email ?? null,
    digest: receiver?.digest === "daily" ? "daily" : "at-once",
    isSuspended: receiver?.state === "suspended",
  };
}

/** Watches something for the actor, once. `not-found` for what is not registered, `too-many` beyond what an account may have. */
export async function addWatch(ctx: Context, input: NewWatch): Promise<void> {
  const userId = userOf(ctx);
  await changeUnjournalled(ctx, ownOf(userId), async (tx) => {
    await waitForLock(tx, "saved-searches", userId);
    await requireRegistered(tx, input);
    const subscriptionId = await openReceiver(tx, ctx, userId);
    const own = await tx.select().from(watches).where(eq(watches.subscriptionId, subscriptionId));
    const wanted = { gln: null, messageType: null, sorId: null, ...input };
    if (
      own.some(
        (each) =>
          each.kind === wanted.kind &&
          each.gln === wanted.gln &&
          each.messageType === wanted.messageType &&
          each.sorId === wanted.sorId,
      )
    )
      return;
    if (own.length >= watchesMost) throw new DomainError("too-many", "too-many-watches", { watchesMost });
    const afterSequence = await currentSequence(tx);
    await tx
      .insert(watches)
      .values({ id: newId(), subscriptionId, ...wanted, afterSequence, createdAt: ctx.now });
  });
}

async function requireRegistered(tx: Transaction, input: NewWatch): Promise<void> {
  if (input.kind === "versions") return;
  const found =
    input.kind === "unit"
      ? await tx.$count(organisations, eq(organisations.sorId, input.sorId))
      : await tx.$count(locations, eq(locations.gln, input.gln));
  if (found > 0) return;
  if (input.kind === "unit")
    throw new DomainError("not-found", "no-such-unit", { sorId: input.sorId, field: "sorId" });
  throw new DomainError("not-found", "no-such-location", { gln: input.gln, field: "gln" });
}

/** The account's receiver, made when it is missing: mail to the address of the account, which its invitation has confirmed. */
async function openReceiver(tx: Transaction, ctx: Context, userId: string): Promise<string> {
  const [user] = await tx.select().from(users).where(eq(users.id, userId));
  if (!user) throw new Error("the actor has no account");
  const found = await receiverOf(tx, userId);
  const fresh = { address: user.email, state: "active", refusalsInRow: 0 } as const;
  if (found) {
    await tx.update(subscriptions).set(fresh).where(eq(subscriptions.id, found.id));
    return found.id;
  }
  const id = newId();
  const { name, supplierId } = user;
  const how = { topic: "watches", channel: "mail", digest: "at-once", language: "da" } as const;
  await tx.insert(subscriptions).values({
    id,
    ...how,
    ...fresh,
    name,
    supplierId,
    wishes: { userId },
    confirmedAt: ctx.now,
    createdAt: ctx.now,
  });
  return id;
}

/** Stops watching something; what is gone already stays gone. */
export async function removeWatch(ctx: Context, { id }: { id: string }): Promise<void> {
  const userId = userOf(ctx);
  await changeUnjournalled(ctx, ownOf(userId), async (tx) => {
    const receiver = await receiverOf(tx, userId);
    if (receiver)
      await tx.delete(watches).where(and(eq(watches.id, id), eq(watches.subscriptionId, receiver.id)));
  });
}

/** Whether the actor is told at once or by one mail a day at 07:00; a suspended address is tried again. */
export async function setWatchDigest(
  ctx: Context,
  { digest }: { digest: "at-once" | "daily" },
): Promise<void> {
  const userId = userOf(ctx);
  await changeUnjournalled(ctx, ownOf(userId), async (tx) => {
    const id = await openReceiver(tx, ctx, userId);
    await tx.update(subscriptions).set({ digest }).where(eq(subscriptions.id, id));
  });
}
