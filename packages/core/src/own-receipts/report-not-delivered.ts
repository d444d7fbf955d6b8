import type { InterchangeEnvelope } from "@sor/edi";
import { eq, inArray } from "drizzle-orm";
import { refusalOfReason } from "../acceptance/index.ts";
import { readEnvelopeOf } from "../content/index.ts";
import type { Transaction } from "../database/index.ts";
import { storedContent } from "../messages/index.ts";
import { interchanges, messages } from "../messages/tables.ts";
import { findFirstSent, sendRefusal } from "./receipts.ts";
import type { Writer } from "./send-own.ts";

/**
 * Notifies the senders of expired messages: a negative VANS receipt (NC) for each of their interchanges. Receipts that could not
 * be delivered, and messages that have been answered already, are skipped.
 */
export async function reportNotDelivered(
  tx: Transaction,
  writer: Writer,
  input: { messageIds: readonly string[]; gatewayParty: string },
): Promise<void> {
  if (input.messageIds.length === 0) return;
  const rows = await tx
    .select()
    .from(messages)
    .where(inArray(messages.id, [...input.messageIds]));
  const unanswered = rows.filter((row) => row.receiptMessageId === null);
  for (const [interchangeId, group] of Map.groupBy(unanswered, (row) => row.interchangeId)) {
    const first = await findFirstSent(tx, interchangeId);
    if (!first || (first.kind !== "received" && first.kind !== "resent")) continue;
    const envelope = await envelopeAsSent(tx, first, interchangeId);
    await sendRefusal(tx, writer, {
      originId: first.id,
      envelope,
      senderSupplierId: first.senderSupplierId,
      gatewayParty: input.gatewayParty,
      refusals: group.flatMap((row) => {
        const index = envelope.messages.findIndex((message) => message.reference === row.reference);
        return index < 0 ? [] : [{ index, messageId: row.id, refusal: refusalOfReason("NC") }];
      }),
    });
  }
}

// The content of the original may be pruned before a copy of it ends. The copy's content is kept until then: it differs only in
// its envelope id.
async function envelopeAsSent(
  tx: Transaction,
  first: typeof interchanges.$inferSelect,
  interchangeId: string,
): Promise<InterchangeEnvelope> {
  const isGone = first.payloadPrunedAt !== null;
  const [kept] = isGone ? await tx.select().from(interchanges).where(eq(interchanges.id, interchangeId)) : [];
  const { envelope } = await readEnvelopeOf(await storedContent(tx, kept ?? first), "skip");
  return { ...envelope, reference: first.controlReference };
}
