import { renewEnvelope } from "@sor/edi";
import { eq, inArray } from "drizzle-orm";
import { quarantines } from "../acceptance/tables.ts";
import type { Transaction } from "../database/index.ts";
import { advance, findPayload, newReference, readSingleEnvelope } from "../messages/index.ts";
import { deliveries, interchanges, messages } from "../messages/tables.ts";
import { danishTimestamp } from "../validity/index.ts";
import { type OwnTarget, sendOwn, type Writer } from "./send-own.ts";

type SeenAgain = { messageId: string; kind: "duplicate" | "receipt-lost" };

/**
 * Document 032: a message that was seen before is not accepted again; the receipt that answered it is sent once more with a new
 * id and time. Where there is no receipt yet, nothing is sent. Returns the types of what was sent.
 */
export async function acknowledgeAgain(
  tx: Transaction,
  writer: Writer,
  seen: readonly SeenAgain[],
): Promise<string[]> {
  const ids = seen.map(({ messageId }) => messageId);
  const rows = await tx
    .select()
    .from(messages)
    .where(inArray(messages.id, ids))
    .orderBy(messages.id)
    .for("update");
  const kinds = new Map(seen.map(({ messageId, kind }) => [messageId, kind]));
  const repeats = new Map<string, Repeat>();
  for (const receiptMessageId of new Set(rows.map((row) => row.receiptMessageId))) {
    const repeat = receiptMessageId && (await repeatReceipt(tx, writer, receiptMessageId));
    if (repeat) repeats.set(receiptMessageId, repeat);
  }
  await advance(
    tx,
    writer,
    rows.map((message) => {
      const repeated = message.receiptMessageId ? repeats.get(message.receiptMessageId) : undefined;
      const seenAgain = {
        event: "duplicate-received",
        detail: { case: kinds.get(message.id) ?? "" },
      } as const;
      if (!repeated) return { message, happenings: [seenAgain] };
      const answered = {
        event: "receipt-repeated",
        detail: { interchangeId: repeated.interchangeId },
      } as const;
      return { message, happenings: [seenAgain, answered] };
    }),
  );
  return [...repeats.values()].map(({ messageType }) => messageType);
}

type Repeat = { interchangeId: string; messageType: string };

async function repeatReceipt(
  tx: Transaction,
  writer: Writer,
  receiptMessageId: string,
): Promise<Repeat | undefined> {
  const [original] = await tx
    .select({ interchange: interchanges, delivery: deliveries, messageType: messages.messageType })
    .from(messages)
    .innerJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .leftJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .where(eq(messages.id, receiptMessageId));
  if (!original) throw new Error("a message names a receipt that is not there");
  const { interchange, delivery, messageType } = original;
  // Repeating a held receipt would circumvent the hold.
  const isHeld = await tx.$count(
    quarantines,
    inArray(
      quarantines.messageId,
      tx.select({ id: messages.id }).from(messages).where(eq(messages.interchangeId, interchange.id)),
    ),
  );
  if (isHeld > 0) return undefined;
  const first = await findPayload(tx, interchange.payloadSha256);
  // Its content has been pruned: the receipt is still recorded in the message's events.
  if (!first) return undefined;
  const { envelope } = readSingleEnvelope(first);
  const bytes = renewEnvelope(first, envelope, {
    reference: newReference(envelope.form),
    messageReference: () => newReference(envelope.form),
    preparedAt: danishTimestamp(writer.now),
  });
  // A receipt that cannot be routed goes to the mailbox that every sender has.
  const target: OwnTarget = delivery
    ? { transport: delivery.transport, endpointId: delivery.endpointId, receiver: delivery.receiver }
    : { transport: "mailbox", endpointId: null, receiver: interchange.receiver };
  const own = await sendOwn(tx, writer, {
    kind: "repeated-receipt",
    bytes,
    contentType: interchange.contentType,
    target,
    senderSupplierId: interchange.senderSupplierId,
    receiverSupplierId: interchange.receiverSupplierId,
    originId: interchange.id,
    messageOrigins: [],
  });
  return { interchangeId: own.interchangeId, messageType };
}
