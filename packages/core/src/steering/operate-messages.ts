import { eq } from "drizzle-orm";
import { holdOfCopy, loadReceivers, loadSupplier } from "../acceptance/index.ts";
import { cutContent, readEnvelopeOf } from "../content/index.ts";
import { type Changed, type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { advanceDeliveries, type DeliveryChange } from "../deliveries/index.ts";
import { DomainError } from "../errors.ts";
import type { MessageSummary } from "../messages/index.ts";
import {
  advance,
  entryOf,
  lockDelivery,
  lockMessage,
  lockMessagesOf,
  type MessageRow,
  newReference,
  requireVisibleMessage,
  senderSide,
  storedContent,
  summaryOf,
  wrongState,
} from "../messages/index.ts";
import { interchanges } from "../messages/tables.ts";
import { sendContent } from "../own-receipts/index.ts";
import { isInHand } from "../queue/index.ts";
import { keepOnly } from "../redirection/index.ts";
import type { ResendOutcome } from "../tracking/index.ts";
import { danishTimestamp } from "../validity/index.ts";
import { resendable } from "./possible-steps.ts";

/**
 * Resends a message unchanged but for a new envelope id and time (document 032), by the current route. The copy of a message that
 * was held is held too, unless the sender alone held it and its release takes one person. Throws `wrong-state` for a message that
 * is still under way or was answered negatively: then the sender has to send a new one.
 */
export async function resendMessage(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<ResendOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  const what = { ...senderSide(seen), comment: input.reason, once: true } as const;
  return await change(ctx, what, (tx) => resendIn(tx, ctx, seen.id));
}

/** The same within a transaction of the caller, who has checked the sender's permission. */
export async function resendIn(tx: Transaction, ctx: Context, id: string): Promise<Changed<ResendOutcome>> {
  const row = await lockMessage(tx, id);
  const copied = await copyOf(tx, ctx, row);
  // The copy replaces a dead letter, which is not reported again.
  const set = row.state === "dead" ? { deadlineAt: null } : {};
  const { messageId } = copied;
  await advance(tx, ctx, [{ message: row, happenings: [{ event: "resent", detail: { messageId } }], set }]);
  return { result: copied, entries: [entryOf(row, { resentAs: messageId })] };
}

async function copyOf(tx: Transaction, ctx: Context, row: MessageRow): Promise<ResendOutcome> {
  if (!resendable.includes(row.state)) throw wrongState(row.state);
  const [interchange] = await tx.select().from(interchanges).where(eq(interchanges.id, row.interchangeId));
  if (!interchange) throw new Error("a message has no interchange");
  const stored = await storedContent(tx, interchange);
  const { envelope } = await readEnvelopeOf(stored, "read");
  const index = row.position - 1;
  const message = envelope.messages[index];
  if (!message) throw new Error("a message has no place in its interchange");
  const { receiver } = envelope;
  const routeOf = await loadReceivers(tx, [receiver.id], ctx.now);
  const route = routeOf(receiver, message);
  if (!route.found) {
    throw new DomainError("conflict", "not-received", { reason: route.reason });
  }
  const hold = await holdOfCopy(tx, ctx, row);
  const own = await sendContent(tx, ctx, {
    kind: "resent",
    content: await cutContent(stored, envelope, {
      messages: [index],
      renewed: { reference: newReference(envelope.form), preparedAt: danishTimestamp(ctx.now) },
    }),
    contentType: interchange.contentType,
    target: { transport: route.transport, endpointId: route.endpointId, receiver: row.receiver },
    senderSupplierId: row.senderSupplierId,
    receiverSupplierId: await loadSupplier(tx, receiver.id, ctx.now),
    originId: interchange.id,
    messageOrigins: [row.id],
    hold,
  });
  const state = hold ? ("held" as const) : ("queued" as const);
  return { interchangeId: own.interchangeId, messageId: own.messageIds[0] as string, state };
}

/** Withdraws a message that has not been sent; others of the same delivery go on. Throws `wrong-state` when it is too late. */
export async function cancelMessage(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<MessageSummary> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...senderSide(seen), comment: input.reason }, async (tx) => {
    // Deliveries are locked before their messages, everywhere, to avoid deadlocks.
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    const canBeWithdrawn = row.state === "queued" || row.state === "held";
    if (!delivery || row.deliveryId !== delivery.id || !canBeWithdrawn) throw wrongState(row.state);
    if (isInHand(delivery, ctx.now)) throw wrongState("delivering");
    await advance(tx, ctx, [
      { message: row, happenings: [{ event: "cancelled" }], set: { reason: null, deliveryId: null } },
    ]);
    const others = await lockMessagesOf(tx, [delivery.id]);
    const change: DeliveryChange =
      others.length === 0
        ? { event: "cancelled" }
        : { event: "reduced", set: await keepOnly(tx, ctx, delivery, others) };
    await advanceDeliveries(tx, ctx.now, { ids: [delivery.id] }, change);
    const result = summaryOf({ ...row, state: "cancelled", stateSince: ctx.now, reason: null });
    return { result, entries: [entryOf(row, { state: "cancelled" })] };
  });
}
