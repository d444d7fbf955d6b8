import { isReceipt, type MessageEnvelope, type Refusal } from "@sor/edi";
import { eq } from "drizzle-orm";
import { loadReceivers, ownMailbox, refusalOfReason } from "../acceptance/index.ts";
import { readEnvelopeOf } from "../content/index.ts";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Fault } from "../faults/index.ts";
import {
  contentOf,
  contentTypeOf,
  entryOf,
  lockMessages,
  type MessageRow,
  readSingleEnvelope,
  receiverSide,
  requireVisibleMessage,
  storedContent,
  wrongState,
} from "../messages/index.ts";
import { messages } from "../messages/tables.ts";
import { findFirstSent, type OwnTarget, sendOwn } from "../own-receipts/index.ts";
import { saidHashes } from "../vault/index.ts";
import { buildReportedReceipt } from "./build-reported-receipt.ts";
import { type Correlation, correlateReceipts, settleReceipts } from "./correlate-receipts.ts";
import { readReceipts } from "./read-receipts.ts";
import type { ReceiptOutcome, ReceiptReport } from "./schemas.ts";

const conflict = (fault: string, said: Fault) => new DomainError("conflict", said, { fault });

/**
 * Reports the answer of a message's receiver: a receipt is built in the form of the sender's submission, recorded on the message
 * and delivered to the sender. Idempotent. Throws `conflict`: `receipt-contradicts` when the opposite was reported,
 * `receipt-given` when the sender was told with another reason or text, `not-answerable` for receipts and what the gateway built
 * itself, `wrong-state` for a withdrawn message.
 */
export async function reportReceipt(
  ctx: Context,
  input: ReceiptReport & { id: string },
): Promise<ReceiptOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, receiverSide(seen), async (tx) => {
    const subject = await loadSubject(tx, seen);
    const refusal = refusalOf(input);
    const said = refusal && JSON.stringify([refusal.reason, refusal.text]);
    const bytes = buildReportedReceipt({ ...subject, refusal, now: ctx.now, newId });
    if (!bytes) throw conflict("not-answerable", "receipt-unanswered");
    const { envelope } = readSingleEnvelope(bytes);
    const correlations = await correlateReceipts(tx, {
      receipts: await readReceipts(contentOf(bytes), envelope),
      envelope,
      cases: ["new"],
      actor: ctx.actor,
      messagesOf: (ids) => lockMessages(tx, ids),
      ...(subject.isCopy && { copyId: seen.id }),
    });
    const judged = requireSayable(correlations, seen.id);
    if (judged.event === "receipt-repeated") {
      const { state, receiptMessageId } = judged.message;
      if (said && input.text !== undefined && !(await isKnown(tx, receiptMessageId, said)))
        throw conflict("receipt-given", "receipt-given");
      return unchanged({ id: seen.id, state, receiptMessageId, isRepeated: true });
    }
    const own = await sendOwn(tx, ctx, {
      kind: "receipt",
      bytes,
      contentType: contentTypeOf(envelope),
      target: await findTarget(tx, ctx, envelope.receiver.id, envelope.messages[0]),
      senderSupplierId: seen.receiverSupplierId,
      receiverSupplierId: subject.senderSupplierId,
      originId: subject.originId,
      messageOrigins: [subject.originId],
      saidMark: said && saidHashes(said)[0],
    });
    await settleReceipts(tx, ctx, correlations, own.messageIds);
    const [after] = await tx.select().from(messages).where(eq(messages.id, seen.id));
    const state = after?.state ?? seen.state;
    const receiptMessageId = own.messageIds[0] ?? null;
    const result: ReceiptOutcome = { id: seen.id, state, receiptMessageId, isRepeated: false };
    return { result, entries: [entryOf(seen, { state, receipt: input.outcome, receiptMessageId })] };
  });
}

/** The correlation of the receipt with the message; throws `conflict` where the receipt is not allowed. */
function requireSayable(correlations: readonly Correlation[], id: string): Correlation["answered"][number] {
  const answered = correlations.flatMap((correlation) => correlation.answered);
  const judged = answered.find(({ message }) => message.id === id) ?? answered[0];
  if (!judged) throw new Error("a receipt was built that answers nothing");
  if (correlations.some(({ contradicts }) => contradicts))
    throw conflict("receipt-contradicts", "receipt-contradicts");
  if (judged.event === "receipt-late") throw wrongState(judged.message.state);
  return judged;
}

function refusalOf({ outcome, reason = "NC", text }: ReceiptReport): Refusal | undefined {
  if (outcome === "positive") return undefined;
  return text === undefined ? refusalOfReason(reason) : { reason, text };
}

/** Whether the receipt that was given says the same; unknown, thus false, for one that was submitted as a message. */
async function isKnown(tx: Transaction, receiptMessageId: string | null, said: string) {
  if (receiptMessageId === null) return false;
  const [given] = await tx
    .select({ mark: messages.saidMark })
    .from(messages)
    .where(eq(messages.id, receiptMessageId));
  return saidHashes(said).includes(given?.mark ?? "");
}

/** The message as first sent: a receipt names the ids that the sender knows. */
async function loadSubject(tx: Transaction, row: MessageRow) {
  const first = await findFirstSent(tx, row.interchangeId);
  if (first?.kind !== "received") throw conflict("not-answerable", "sent-by-gateway");
  const { envelope } = await readEnvelopeOf(await storedContent(tx, first), "read");
  const isHere = first.id === row.interchangeId;
  const index = isHere
    ? row.position - 1
    : envelope.messages.findIndex(({ reference }) => reference === row.reference);
  const message = envelope.messages[index];
  if (!message || isReceipt(message)) throw conflict("not-answerable", "receipt-unanswered");
  const { id: originId, senderSupplierId } = first;
  return { envelope, index, originId, senderSupplierId, isCopy: !isHere };
}

/** The endpoint where the sender receives such receipts, otherwise the mailbox that every location number has. */
async function findTarget(
  tx: Transaction,
  ctx: Context,
  receiver: string,
  receipt: MessageEnvelope | undefined,
): Promise<OwnTarget> {
  const mailbox: OwnTarget = { transport: "mailbox", endpointId: null, receiver };
  if (!receipt) return mailbox;
  const routeOf = await loadReceivers(tx, [receiver], ctx.now);
  const route = routeOf({ id: receiver }, receipt);
  if (!route.found || route.endpointId === ownMailbox) return mailbox;
  return { transport: route.transport, endpointId: route.endpointId, receiver };
}
