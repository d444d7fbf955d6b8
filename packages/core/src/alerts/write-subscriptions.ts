import { randomBytes } from "node:crypto";
import { and, eq, inArray, isNull, ne } from "drizzle-orm";
import { type Context, change, changedBy, unchanged } from "../context.ts";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { findAddressFault, newSigningSecret } from "../endpoints/index.ts";
import { endpoints, suppliers } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, requireEtag } from "../etag.ts";
import { dropWaiting, hasToken, lockReceiverOf, putIntoOutbox } from "../outbox/index.ts";
import type { Subject } from "../permissions/index.ts";
import { claimConfirmation, hashOf, isAddressTaken, newToken } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { hideText } from "../vault/index.ts";
import { composeConfirmation, composeTest } from "./compose-message.ts";
import { isOfAlerts, type SubscriptionRow, subscriptionView } from "./read-subscriptions.ts";
import {
  type AlertSubscriptionChange,
  type AlertSubscriptionView,
  alertWishes,
  type NewAlertSubscription,
} from "./schemas.ts";

const confirmHours = 48;
const triesMost = 10;
const subscriptionsMost = 50;

export type CreatedAlertSubscription = {
  subscription: AlertSubscriptionView;
  /** Signing secret of a webhook (Standard Webhooks), returned only once. */
  secret: string | null;
  /** Token in a feed's address, returned only once. */
  feedToken: string | null;
};

/** Ten letters and digits that are not easily confused (RFC 4648, base32): 50 bits. */
function newCode(): string {
  const messages = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(randomBytes(10), (byte) => messages[byte % 32]).join("");
}

const subjectOf = (id: string, supplierId: string | null): Subject => ({
  type: "alert-subscription",
  id,
  supplierId: supplierId ?? undefined,
});

async function requireOwnEndpoints(
  tx: Transaction,
  ids: readonly string[],
  supplierId: string | null,
): Promise<void> {
  if (ids.length === 0) return;
  const isOwn = supplierId === null ? undefined : eq(endpoints.supplierId, supplierId);
  const found = await tx.$count(endpoints, and(inArray(endpoints.id, [...ids]), isOwn));
  if (found === new Set(ids).size) return;
  throw new DomainError("invalid", "endpoints-of-others", {
    field: "endpointIds",
    fault: "foreign",
  });
}

/** The secret of a channel: a webhook's signing secret, the token of a feed's address, or the code mailed to an address. */
function secretsOf(channel: NewAlertSubscription["channel"]) {
  return {
    signing: channel === "webhook" ? newSigningSecret() : null,
    feedToken: channel === "feed" ? newToken() : null,
    code: channel === "mail" ? newCode() : null,
  };
}

function requireGoodAddress(
  fields: NewAlertSubscription,
  plainHttpHosts: readonly string[] | undefined,
): void {
  if (fields.channel !== "webhook" || fields.address === null) return;
  const fault = findAddressFault(fields.address, plainHttpHosts);
  if (fault) throw new DomainError("invalid", "address-unusable", { field: "address", fault });
}

/**
 * Adds a receiver of alerts. A mail address gets a code and no alerts until the code has been entered
 * (`confirmAlertSubscription`); `conflict` when the supplier has a receiver with that mail address. Needs `alert.edit` on the supplier, or on everything for the gateway's own.
 */
export async function createAlertSubscription(
  ctx: Context,
  input: NewAlertSubscription & { plainHttpHosts?: readonly string[] | undefined },
): Promise<CreatedAlertSubscription> {
  const { plainHttpHosts, ...fields } = input;
  const id = newId();
  return await change(
    ctx,
    { action: "alert.edit", subject: subjectOf(id, fields.supplierId), once: true },
    async (tx) => {
      requireGoodAddress(fields, plainHttpHosts);
      await requireOwnEndpoints(tx, fields.endpointIds, fields.supplierId);
      await requireRoom(tx, fields.supplierId);
      if (fields.channel === "mail") await requireNewAddress(tx, fields);
      const { kinds, leastSeverity, endpointIds, ...plain } = fields;
      const { signing, feedToken, code } = secretsOf(fields.channel);
      const secret = feedToken ?? code;
      const [row] = await tx
        .insert(subscriptions)
        .values({
          ...{ id, topic: "alerts" },
          ...plain,
          wishes: { kinds, leastSeverity, endpointIds },
          state: code === null ? "active" : "pending",
          signingSecrets: signing === null ? [] : [hideText(signing)],
          secretHash: secret === null ? null : hashOf(secret),
          confirmBefore: code === null ? null : new Date(ctx.now.getTime() + confirmHours * 3_600_000),
          createdAt: ctx.now,
        })
        .returning();
      if (code !== null) {
        await claimConfirmation(tx, fields, ctx.now);
        const content = composeConfirmation(code, await nameOf(tx, fields.supplierId));
        await putIntoOutbox(tx, { subscriptionId: id, purpose: "confirmation", content }, ctx.now);
      }
      const subscription = subscriptionView(row as SubscriptionRow);
      const entry = { subjectType: "alert-subscription", subjectId: id, after: journalled(subscription) };
      return { result: { subscription, secret: signing, feedToken }, entries: [entry] };
    },
  );
}

// Requests of one supplier are serialised by `requireRoom`.
async function requireNewAddress(tx: Transaction, fields: NewAlertSubscription): Promise<void> {
  if (!(await isAddressTaken(tx, { topic: "alerts", ...fields }))) return;
  throw new DomainError("conflict", "receiver-exists", { field: "address", fault: "address-taken" });
}

async function nameOf(tx: Transaction, supplierId: string | null): Promise<string | null> {
  if (supplierId === null) return null;
  const [supplier] = await tx.select().from(suppliers).where(eq(suppliers.id, supplierId));
  return supplier?.name ?? null;
}

// A mail address is personal data: the journal records that there was one, not its value.
const journalled = ({ address: _, ...view }: AlertSubscriptionView) => view;

// Serialises concurrent requests, so that the second counts the first.
async function requireRoom(tx: Transaction, supplierId: string | null): Promise<void> {
  await waitForLock(tx, "alert-subscriptions", supplierId ?? "");
  const isSame =
    supplierId === null ? isNull(subscriptions.supplierId) : eq(subscriptions.supplierId, supplierId);
  if ((await tx.$count(subscriptions, isSame)) < subscriptionsMost) return;
  throw new DomainError("conflict", "too-many-alert-receivers", {
    fault: "too-many-subscriptions",
    most: subscriptionsMost,
  });
}

/** The columns to set, or the final row when it was removed. */
type Edit = { set: Partial<SubscriptionRow>; after?: SubscriptionRow };

async function edit<T>(
  ctx: Context,
  input: { id: string; etag?: ExpectedEtag },
  decide: (tx: Transaction, before: SubscriptionRow) => Promise<Edit & { result?: T }>,
): Promise<{ view: AlertSubscriptionView; result: T | undefined }> {
  let before: SubscriptionRow | undefined;
  const subject = async (tx: Transaction) => {
    [before] = await tx
      .select()
      .from(subscriptions)
      .where(and(isOfAlerts, eq(subscriptions.id, input.id)))
      .for("update");
    if (!before) throw new DomainError("not-found", "no-such-alert-receiver");
    return subjectOf(before.id, before.supplierId);
  };
  return await change(ctx, { action: "alert.edit", subject }, async (tx) => {
    if (!before) throw new Error("the receiver was not loaded");
    const was = subscriptionView(before);
    requireEtag(input.etag, was.etag, "alert-receiver-changed");
    const { set, result, after: ended } = await decide(tx, before);
    const isThis = eq(subscriptions.id, input.id);
    const [after] =
      Object.keys(set).length === 0
        ? [ended ?? before]
        : await tx.update(subscriptions).set(set).where(isThis).returning();
    const view = subscriptionView(after as SubscriptionRow);
    const isSame = JSON.stringify(was) === JSON.stringify(view);
    const entry = { subjectType: "alert-subscription", subjectId: input.id };
    const done = { view, result };
    if (isSame) return unchanged(done);
    return { result: done, entries: [{ ...entry, before: journalled(was), after: journalled(view) }] };
  });
}

/** What of a receiver a change sets. */
function wishesAfter(before: SubscriptionRow, fields: Omit<AlertSubscriptionChange, "isPaused">) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const isOfTopic = (name: string) => name in alertWishes(before);
  const wishes = Object.fromEntries(given.filter(([name]) => isOfTopic(name)));
  return {
    ...Object.fromEntries(given.filter(([name]) => !isOfTopic(name))),
    ...(Object.keys(wishes).length > 0 && { wishes: { ...alertWishes(before), ...wishes } }),
  };
}

/** Changes the preferences of a receiver, or pauses it; a suspended one that is no longer paused becomes active again. */
export async function updateAlertSubscription(
  ctx: Context,
  input: { id: string; fields: AlertSubscriptionChange; etag?: ExpectedEtag },
): Promise<AlertSubscriptionView> {
  const { isPaused, ...fields } = input.fields;
  const { view } = await edit(ctx, input, async (tx, before) => {
    await requireOwnEndpoints(tx, fields.endpointIds ?? [], before.supplierId);
    const set = wishesAfter(before, fields);
    if (isPaused === undefined) return { set };
    if (before.state === "pending" || before.state === "ended") {
      throw new DomainError("conflict", "alert-receiver-not-active", {
        fault: "wrong-state",
        state: before.state,
      });
    }
    if (isPaused) await dropWaiting(tx, before.id);
    return { set: { ...set, state: isPaused ? "paused" : "active", refusalsInRow: 0 } };
  });
  return view;
}

/** Removes a receiver with all its notices and messages. */
export async function removeAlertSubscription(
  ctx: Context,
  input: { id: string; etag?: ExpectedEtag },
): Promise<void> {
  await edit(ctx, input, async (tx, before) => {
    const [gone] = await tx.delete(subscriptions).where(eq(subscriptions.id, before.id)).returning();
    return { set: {}, after: { ...(gone as SubscriptionRow), state: "ended", address: null } };
  });
}

/** Confirms an address with the code from its first mail. Throws `invalid` when the code is wrong. */
export async function confirmAlertSubscription(
  ctx: Context,
  input: { id: string; code: string },
): Promise<AlertSubscriptionView> {
  const { view, result } = await edit(ctx, input, async (_tx, before) => {
    if (before.state !== "pending") return { set: {}, result: "confirmed" as const };
    const isLate =
      !before.confirmBefore || before.confirmBefore <= ctx.now || before.confirmTries >= triesMost;
    if (isLate) return { set: {}, result: "late" as const };
    if (before.secretHash !== hashOf(input.code)) {
      return { set: { confirmTries: before.confirmTries + 1 }, result: "wrong" as const };
    }
    return { set: { state: "active" as const, secretHash: null }, result: "confirmed" as const };
  });
  if (result === "confirmed") return view;
  const fault = result === "late" ? "code-expired" : "code-wrong";
  throw new DomainError("invalid", "wrong-confirmation-code", {
    field: "code",
    fault,
  });
}

/** Puts a test message into the outbox of an active receiver. */
export async function testAlertSubscription(
  ctx: Context,
  input: { id: string },
): Promise<{ messageId: string }> {
  const { result } = await edit(ctx, input, async (tx, before) => {
    if (before.state !== "active" || before.channel === "feed") {
      throw new DomainError("conflict", "alert-receiver-not-active", {
        fault: "wrong-state",
        state: before.state,
      });
    }
    const content = composeTest(before.name, ctx.now);
    const messageId = await putIntoOutbox(
      tx,
      { subscriptionId: before.id, purpose: "test", content },
      ctx.now,
    );
    return { set: {}, result: { messageId } };
  });
  return result as { messageId: string };
}

/** Ends the receiver whose message had this token, and deletes its address. Does not reveal whether there was one. */
export async function unsubscribeFromAlerts(ctx: Context, input: { token: string }): Promise<void> {
  const subject = { type: "alert" as const, id: "unsubscribe" };
  await change(ctx, { action: "alert.edit", subject }, async (tx) => {
    const subscriptionId = await lockReceiverOf(tx, hasToken(input.token));
    if (subscriptionId === undefined) return unchanged(undefined);
    await dropWaiting(tx, subscriptionId);
    const ended = await tx
      .update(subscriptions)
      .set({ state: "ended", address: null })
      .where(and(isOfAlerts, eq(subscriptions.id, subscriptionId), ne(subscriptions.state, "ended")));
    const entry = {
      subjectType: "alert-subscription",
      subjectId: subscriptionId,
      after: { state: "ended" },
    };
    return changedBy(undefined, (ended.rowCount ?? 0) > 0 ? [entry] : []);
  });
}
