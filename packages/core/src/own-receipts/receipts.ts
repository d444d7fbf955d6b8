import { type InterchangeEnvelope, isReceipt, type Refusal } from "@sor/edi";
import { eq, inArray } from "drizzle-orm";
import { newId, type Transaction } from "../database/index.ts";
import { contentTypeOf, readSingleEnvelope } from "../messages/index.ts";
import { interchanges, messages } from "../messages/tables.ts";
import { buildRefusals } from "./build-refusals.ts";
import { sendOwn, type Writer } from "./send-own.ts";

type RefusalNotice = {
  /** The interchange that is answered, its envelope, and the supplier of its sender, who gets the answer. */
  originId: string;
  envelope: InterchangeEnvelope;
  senderSupplierId: string | null;
  /** The party in whose name the gateway answers. */
  gatewayParty: string;
  /** `index` from 0 in the interchange. */
  refusals: readonly { index: number; messageId: string; refusal: Refusal }[];
};

/**
 * Notifies the sender of refused messages by a negative receipt in the form of its submission, sent to its mailbox and recorded
 * on the messages. Does nothing for receipts.
 */
export async function sendRefusal(tx: Transaction, writer: Writer, notice: RefusalNotice): Promise<void> {
  const { envelope, gatewayParty } = notice;
  const refusals = notice.refusals.filter(({ index }) => {
    const message = envelope.messages[index];
    return message && !isReceipt(message);
  });
  const built = buildRefusals({ envelope, gatewayParty, refusals, now: writer.now, newId });
  for (const { bytes, indexes } of built) {
    const { messageIds } = await sendOwn(tx, writer, {
      kind: "receipt",
      bytes,
      contentType: contentTypeOf(readSingleEnvelope(bytes).envelope),
      target: { transport: "mailbox", endpointId: null, receiver: envelope.sender.id },
      senderSupplierId: null,
      receiverSupplierId: notice.senderSupplierId,
      originId: notice.originId,
      messageOrigins: [notice.originId],
    });
    const [receiptMessageId] = messageIds;
    if (!receiptMessageId) throw new Error("a receipt was built without a message");
    const ids = refusals.filter(({ index }) => indexes.includes(index)).map(({ messageId }) => messageId);
    await tx.update(messages).set({ receiptMessageId }).where(inArray(messages.id, ids));
  }
}

/** The interchange to which a receipt refers: the sender knows a resent message by its first envelope. */
export async function findFirstSent(
  tx: Transaction,
  interchangeId: string,
): Promise<typeof interchanges.$inferSelect | undefined> {
  let [row] = await tx.select().from(interchanges).where(eq(interchanges.id, interchangeId));
  for (let steps = 0; row?.kind === "resent" && row.originId && steps < 100; steps += 1) {
    [row] = await tx.select().from(interchanges).where(eq(interchanges.id, row.originId));
  }
  return row;
}
