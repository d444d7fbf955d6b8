import { splitInterchange } from "@sor/edi";
import { and, eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Action, may, type Subject } from "../permissions/index.ts";
import { advance, lockMessagesOf } from "./advance.ts";
import { loadParties, loadReceivedTypes, routeMessage } from "./find-routes.ts";
import { readPayload, storePayload } from "./payloads.ts";
import { type MessageRow, requireVisibleMessage, summaryOf } from "./read-messages.ts";
import { readSingleEnvelope } from "./read-single-envelope.ts";
import { localMinute, shortReference } from "./receipts.ts";
import { reportNotDelivered } from "./report-not-delivered.ts";
import type { MessageSummary } from "./schemas.ts";
import { giveUpAt, sendOwn } from "./send-own.ts";
import type { MessageState } from "./states.ts";
import { deliveries, interchanges, messages } from "./tables.ts";

const resendable: readonly MessageState[] = ["delivered", "receipted-positive", "dead", "cancelled"];

/** The message's sender, as whom it may be sent again or withdrawn. */
function senderSide(row: MessageRow): { action: Action; subject: Subject } {
  const supplierId = row.senderSupplierId ?? undefined;
  return {
    action: "interchange.send",
    subject: { type: "message", id: row.id, glns: [row.sender], supplierId },
  };
}

/** Whichever side of the message is the actor's: both may see to it that a dead letter gets an end. */
function eitherSide(ctx: Context, row: MessageRow): { action: Action; subject: Subject } {
  const sender = senderSide(row);
  if (may(ctx.actor, sender.action, sender.subject, ctx.now)) return sender;
  const supplierId = row.receiverSupplierId ?? undefined;
  const subject: Subject = { type: "message", id: row.id, glns: [row.receiver], supplierId };
  return { action: "mailbox.read", subject };
}

const wrongState = (state: MessageState) =>
  new DomainError("conflict", "The message's state does not allow it.", { fault: "wrong-state", state });

async function lockMessage(tx: Transaction, id: string): Promise<MessageRow> {
  const [row] = await tx.select().from(messages).where(eq(messages.id, id)).for("update");
  if (!row) throw new DomainError("not-found", "There is no such message.");
  return row;
}

const entryOf = (row: MessageRow, after: Record<string, unknown>) => ({
  subjectType: "message",
  subjectId: row.id,
  before: { state: row.state },
  after,
});

/**
 * Sends a letter again unchanged but for a new envelope id and time (document 032), by the route that holds now. Throws
 * `wrong-state` for what is still on its way or has been answered negatively: then the sender sends it anew.
 */
export async function resendMessage(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<{ interchangeId: string; messageId: string }> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...senderSide(seen), comment: input.reason }, async (tx) => {
    const row = await lockMessage(tx, seen.id);
    if (!resendable.includes(row.state)) throw wrongState(row.state);
    const [interchange] = await tx.select().from(interchanges).where(eq(interchanges.id, row.interchangeId));
    if (interchange?.format !== "EDIFACT") throw wrongState(row.state);
    const bytes = await readPayload(tx, interchange.payloadSha256);
    const { envelope } = readSingleEnvelope(bytes);
    const index = row.position - 1;
    const message = envelope.messages[index];
    if (!message) throw new Error("a message has no place in its interchange");
    const party = envelope.receiver;
    const facts = (await loadParties(tx, [party.id], ctx.now))(party.id);
    const receives = await loadReceivedTypes(tx, party.id, ctx.now);
    const route = routeMessage(message, { party, facts, receives });
    if (!route.found) {
      throw new DomainError("conflict", "The receiver does not receive it now.", { reason: route.reason });
    }
    const key = newId();
    const own = await sendOwn(tx, ctx, {
      kind: "resent",
      bytes: splitInterchange(bytes, envelope, {
        messages: [index],
        reference: shortReference(key),
        preparedAt: localMinute(ctx.now),
      }),
      contentType: interchange.contentType,
      target: { transport: route.transport, endpointId: route.endpointId, receiver: row.receiver },
      senderSupplierId: row.senderSupplierId,
      receiverSupplierId: facts.supplierId,
      originId: interchange.id,
      messageOrigins: [row.id],
    });
    const messageId = own.messageIds[0] as string;
    // A dead letter's end is now that of its copy; it is not reported a second time.
    const set = row.state === "dead" ? { deadlineAt: null } : {};
    await advance(tx, ctx, [{ message: row, happenings: [{ event: "resent", detail: { messageId } }], set }]);
    const result = { interchangeId: own.interchangeId, messageId };
    return { result, entries: [entryOf(row, { resentAs: messageId })] };
  });
}

/** Withdraws a letter that has not been handed over; others of the same delivery go on. Throws `wrong-state` when too late. */
export async function cancelMessage(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<MessageSummary> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...senderSide(seen), comment: input.reason }, async (tx) => {
    // Deliveries are locked before their messages, everywhere.
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    const isOut = delivery?.leaseUntil != null && delivery.leaseUntil > ctx.now;
    if (!delivery || isOut || (row.state !== "queued" && row.state !== "held")) throw wrongState(row.state);
    await advance(tx, ctx, [
      { message: row, happenings: [{ event: "cancelled" }], set: { reason: null, deliveryId: null } },
    ]);
    const others = await lockMessagesOf(tx, [delivery.id]);
    const changed =
      others.length === 0
        ? { state: "cancelled" as const, doneAt: ctx.now }
        : await withoutOthers(tx, ctx, row.interchangeId, others);
    await tx.update(deliveries).set(changed).where(eq(deliveries.id, delivery.id));
    const result = summaryOf({ ...row, state: "cancelled", stateSince: ctx.now, reason: null });
    return { result, entries: [entryOf(row, { state: "cancelled" })] };
  });
}

async function lockDelivery(tx: Transaction, id: string | null) {
  if (!id) return undefined;
  const [found] = await tx.select().from(deliveries).where(eq(deliveries.id, id)).for("update");
  return found;
}

async function withoutOthers(
  tx: Transaction,
  ctx: Context,
  interchangeId: string,
  left: readonly MessageRow[],
) {
  const [interchange] = await tx.select().from(interchanges).where(eq(interchanges.id, interchangeId));
  if (!interchange) throw new Error("a message has no interchange");
  const bytes = await readPayload(tx, interchange.payloadSha256);
  const { envelope } = readSingleEnvelope(bytes);
  const positions = left.map((row) => row.position - 1).sort((a, b) => a - b);
  const payload = await storePayload(tx, splitInterchange(bytes, envelope, { messages: positions }), ctx.now);
  return { payloadSha256: payload.sha256, sizeBytes: payload.sizeBytes };
}

/** Tries a dead letter again, with a new span of days: for when the receiver has mended what made it refuse. */
export async function retryDeadLetter(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<MessageSummary> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    if (row.state !== "dead" || delivery?.state !== "dead") throw wrongState(row.state);
    await tx
      .update(deliveries)
      .set({ state: "waiting", nextAttemptAt: ctx.now, giveUpAt: giveUpAt(ctx.now), doneAt: null })
      .where(eq(deliveries.id, delivery.id));
    const dead = (await lockMessagesOf(tx, [delivery.id])).filter((message) => message.state === "dead");
    await advance(
      tx,
      ctx,
      dead.map((message) => ({ message, happenings: [{ event: "retried" }], set: { reason: null } })),
    );
    const result = summaryOf({ ...row, state: "queued", stateSince: ctx.now, reason: null });
    return { result, entries: dead.map((message) => entryOf(message, { state: "queued" })) };
  });
}

/** Gives a dead letter up now, and tells its sender that it was not delivered. */
export async function discardDeadLetter(
  ctx: Context,
  input: { id: string; reason: string; gatewayParty: string },
): Promise<MessageSummary> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const row = await lockMessage(tx, seen.id);
    if (row.state !== "dead") throw wrongState(row.state);
    const move = { message: row, happenings: [{ event: "discarded" as const }] };
    await advance(tx, ctx, [{ ...move, set: { reason: "discarded" } }]);
    const others = row.deliveryId ? await lockMessagesOf(tx, [row.deliveryId]) : [];
    if (row.deliveryId && others.every((other) => other.state !== "dead")) {
      const isDead = and(eq(deliveries.state, "dead"), eq(deliveries.id, row.deliveryId));
      await tx.update(deliveries).set({ state: "expired" }).where(isDead);
    }
    await reportNotDelivered(tx, ctx, { messageIds: [row.id], gatewayParty: input.gatewayParty });
    const result = summaryOf({ ...row, state: "expired", stateSince: ctx.now, reason: "discarded" });
    return { result, entries: [entryOf(row, { state: "expired" })] };
  });
}
