import { and, asc, eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type ReadDatabase, type Transaction, waitForLock } from "../database/index.ts";
import { findAddressFault, newSigningSecret } from "../endpoints/index.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, etagOf, requireEtag } from "../etag.ts";
import { currentPosition, currentSequence, hasPosition, positionText } from "../journal/index.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { may } from "../permissions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { hideText } from "../vault/index.ts";
import { standing } from "./pack-changes.ts";
import {
  type NewSubscription,
  type Place,
  type RefreshQuestion,
  type SubscriptionChange,
  type SubscriptionView,
  wishesOf,
} from "./schemas.ts";
import { changeFollowers } from "./tables.ts";

const subscriptionsMost = 10;
const action = "change-subscription.edit";

/** Whose subscriptions the actor keeps: those of the key's supplier. Throws `not-allowed` when it may not. */
function ownerOf({ actor, now }: Context): string {
  const supplierId = actor.kind === "key" || actor.kind === "user" ? actor.supplierId : null;
  const subject = { type: "change-subscription", id: "all", supplierId: supplierId ?? undefined } as const;
  if (supplierId !== null && may(actor, action, subject, now)) return supplierId;
  throw new DomainError("not-allowed", "no-right", { action });
}

type Row = {
  subscription: typeof subscriptions.$inferSelect;
  follower: typeof changeFollowers.$inferSelect;
  message: typeof outboxMessages.$inferSelect | null;
};

const isOf = (supplierId: string) =>
  and(eq(subscriptions.topic, "changes"), eq(subscriptions.supplierId, supplierId));

const rowsOf = (db: ReadDatabase | Transaction, supplierId: string, id?: string) =>
  db
    .select({ subscription: subscriptions, follower: changeFollowers, message: outboxMessages })
    .from(subscriptions)
    .innerJoin(changeFollowers, eq(changeFollowers.subscriptionId, subscriptions.id))
    .leftJoin(outboxMessages, eq(outboxMessages.id, changeFollowers.messageId))
    .where(and(isOf(supplierId), id === undefined ? undefined : eq(subscriptions.id, id)))
    .orderBy(asc(subscriptions.name), asc(subscriptions.id));

function viewOf({ subscription, follower, message }: Row, head: number): SubscriptionView {
  const { id, name, address, state } = subscription;
  const { entity = null, subtreeOf = null, rows } = wishesOf(subscription);
  const shown = { id, name, address: address ?? "", entity, subtreeOf, rows, state };
  const { told, refresh } = follower.place;
  const isUnderWay = message?.state === "waiting";
  return {
    ...shown,
    told,
    behind: Math.max(0, head - follower.sequence),
    underWay: isUnderWay
      ? {
          attempts: message.attempts,
          nextAttemptAt: message.nextAttemptAt.toISOString(),
          lastError: message.lastError,
        }
      : null,
    refreshId: refresh?.id ?? null,
    lastError: (message && !isUnderWay && message.lastError) || follower.lastError,
    createdAt: subscription.createdAt.toISOString(),
    lastSentAt: subscription.lastSentAt?.toISOString() ?? null,
    etag: etagOf(shown),
  };
}

/** The subscriptions of the actor's supplier, by name. */
export async function listSubscriptions(ctx: Context): Promise<SubscriptionView[]> {
  const head = await currentSequence(ctx.db);
  return (await rowsOf(ctx.db, ownerOf(ctx))).map((row) => viewOf(row, head));
}

/** One of them; `not-found` also when it is another supplier's. */
export async function getSubscription(ctx: Context, { id }: { id: string }): Promise<SubscriptionView> {
  return viewOf(await getRow(ctx.db, ownerOf(ctx), id), await currentSequence(ctx.db));
}

async function getRow(db: ReadDatabase | Transaction, supplierId: string, id: string): Promise<Row> {
  const [row] = await rowsOf(db, supplierId, id);
  if (!row) throw new DomainError("not-found", "no-such-subscription");
  return row;
}

async function requirePlace(tx: Transaction, position: string): Promise<string> {
  if (await hasPosition(tx, position)) return position;
  throw new DomainError("gone", "offset-gone", { fault: "offset-gone", begin: "0" });
}

/**
 * Subscribes a webhook of the key's supplier to the change feed and returns its signing secret, which is shown once. `invalid` for
 * an address that may not be called, `conflict` beyond what a supplier may have, `gone` for a place that the feed does not have.
 */
export async function createSubscription(
  ctx: Context,
  input: NewSubscription & { plainHttpHosts?: readonly string[] | undefined },
): Promise<{ subscription: SubscriptionView; secret: string }> {
  const { plainHttpHosts, name, address, after, ...wishes } = input;
  const [id, supplierId] = [newId(), ownerOf(ctx)];
  const subject = { type: "change-subscription", id, supplierId } as const;
  return await change(ctx, { action, subject, once: true }, async (tx) => {
    const fault = findAddressFault(address, plainHttpHosts);
    if (fault) throw new DomainError("invalid", "address-unusable", { field: "address", fault });
    await waitForLock(tx, "change-subscriptions", supplierId);
    if ((await tx.$count(subscriptions, isOf(supplierId))) >= subscriptionsMost)
      throw new DomainError("conflict", "too-many-change-subscriptions", {
        fault: "too-many-subscriptions",
        most: subscriptionsMost,
      });
    const head = await currentPosition(tx);
    const told = after === undefined ? positionText(head) : await requirePlace(tx, after);
    const secret = newSigningSecret();
    await tx.insert(subscriptions).values({
      ...{ id, topic: "changes", supplierId, name, channel: "webhook", address, wishes },
      ...{ digest: "at-once", state: "active", signingSecrets: [hideText(secret)], createdAt: ctx.now },
    });
    const place = standing({ told, refresh: null });
    await tx.insert(changeFollowers).values({ subscriptionId: id, ...place, packedAt: ctx.now });
    const subscription = viewOf(await getRow(tx, supplierId, id), head.sequence);
    return { result: { subscription, secret }, entries: [entryOf(null, subscription)] };
  });
}

/** What the journal keeps: how far it has been told is no edit. */
function factsOf(view: SubscriptionView | null) {
  if (!view) return null;
  const { name, address, entity, subtreeOf, rows, state } = view;
  return { name, address, entity, subtreeOf, rows, state };
}

const entryOf = (before: SubscriptionView | null, after: SubscriptionView | null) => ({
  subjectType: "change-subscription",
  subjectId: (after ?? before)?.id ?? "",
  before: factsOf(before),
  after: factsOf(after),
});

/** Changes one subscription under its lock; `edit` gives what the journal is told besides, such as a replay. */
async function edited<T>(
  ctx: Context,
  input: { id: string; etag?: ExpectedEtag; once?: true },
  edit: (tx: Transaction, row: Row) => Promise<{ result: T; more?: Record<string, unknown> }>,
): Promise<{ view: SubscriptionView; result: T }> {
  const supplierId = ownerOf(ctx);
  const subject = { type: "change-subscription", id: input.id, supplierId } as const;
  return await change(ctx, { action, subject, ...(input.once && { once: true }) }, async (tx) => {
    await tx.select().from(subscriptions).where(eq(subscriptions.id, input.id)).for("no key update");
    const head = await currentSequence(tx);
    const before = await getRow(tx, supplierId, input.id);
    const was = viewOf(before, head);
    requireEtag(input.etag, was.etag, "subscription-changed");
    const { result, more } = await edit(tx, before);
    const view = viewOf(await getRow(tx, supplierId, input.id), head);
    const done = { view, result };
    if (!more && was.etag === view.etag) return unchanged(done);
    const entry = entryOf(was, view);
    return { result: done, entries: [{ ...entry, after: { ...entry.after, ...more } }] };
  });
}

/** Where a subscriber stands: after the message that arrived, if there is one. */
const standsAt = ({ follower, message }: Row): Place =>
  message?.state === "sent" && follower.placeAfter ? follower.placeAfter : follower.place;

/** Takes back the message under way; the next is made from the place. */
async function takeBack(tx: Transaction, subscriptionId: string, place: Place): Promise<void> {
  await tx.delete(outboxMessages).where(eq(outboxMessages.subscriptionId, subscriptionId));
  await tx
    .update(changeFollowers)
    .set({ messageId: null, placeAfter: null, ...standing(place) })
    .where(eq(changeFollowers.subscriptionId, subscriptionId));
}

/** Names, pauses or resumes a subscription; one that was suspended goes on from where it was, without a gap. */
export async function updateSubscription(
  ctx: Context,
  input: { id: string; fields: SubscriptionChange; etag?: ExpectedEtag },
): Promise<SubscriptionView> {
  const { name, isPaused } = input.fields;
  const { view } = await edited(ctx, input, async (tx, row) => {
    const { id } = row.subscription;
    const state = isPaused ? ("paused" as const) : ("active" as const);
    const set = {
      ...(name !== undefined && { name }),
      ...(isPaused !== undefined && { state, refusalsInRow: 0 }),
    };
    if (Object.keys(set).length > 0) await tx.update(subscriptions).set(set).where(eq(subscriptions.id, id));
    if (isPaused !== undefined) await takeBack(tx, id, standsAt(row));
    return { result: undefined };
  });
  return view;
}

/** Sends everything after a place of the feed again, or begins further on. `gone` for a place that the feed does not have. */
export async function replaySubscription(
  ctx: Context,
  input: { id: string; after: string },
): Promise<SubscriptionView> {
  const { view } = await edited(ctx, { ...input, once: true }, async (tx, row) => {
    const told = await requirePlace(tx, input.after);
    await takeBack(tx, input.id, { ...standsAt(row), told });
    return { result: undefined, more: { replayedAfter: told } };
  });
  return view;
}

/** Sends the present state to this subscriber only, after the news that wait for it. A refresh under way is begun anew. */
export async function refreshSubscription(
  ctx: Context,
  { id, ...question }: { id: string } & RefreshQuestion,
): Promise<{ refreshId: string }> {
  const { result } = await edited(ctx, { id, once: true }, async (tx, row) => {
    const refresh = { ...question, id: newId(), stage: "unit" as const, after: "" };
    await takeBack(tx, id, { ...standsAt(row), refresh });
    return { result: { refreshId: refresh.id }, more: { refreshId: refresh.id } };
  });
  return result;
}

/** Ends a subscription. */
export async function removeSubscription(
  ctx: Context,
  { id, etag }: { id: string; etag?: ExpectedEtag },
): Promise<void> {
  const supplierId = ownerOf(ctx);
  const subject = { type: "change-subscription", id, supplierId } as const;
  await change(ctx, { action, subject }, async (tx) => {
    const before = viewOf(await getRow(tx, supplierId, id), 0);
    requireEtag(etag, before.etag, "subscription-changed");
    await tx.delete(subscriptions).where(eq(subscriptions.id, id));
    return { result: undefined, entries: [entryOf(before, null)] };
  });
}
