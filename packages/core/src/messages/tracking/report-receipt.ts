import { isReceipt, type MessageEnvelope } from "@sor/edi";
import { eq } from "drizzle-orm";
import { type Context, change } from "../../context.ts";
import { newId, type Transaction } from "../../database/index.ts";
import { DomainError } from "../../errors.ts";
import { contentOf } from "../content.ts";
import { correlateReceipts, settleReceipts } from "../correlate-receipts.ts";
import { readEnvelopeOf } from "../cut-content.ts";
import { loadParties, loadReceivedTypes, routeMessage } from "../find-routes.ts";
import { lockLetters } from "../lock-letters.ts";
import { storedContent } from "../payloads.ts";
import { ownMailbox } from "../plan-acceptance.ts";
import { type MessageRow, requireVisibleMessage } from "../read-messages.ts";
import { readReceipts } from "../read-receipts.ts";
import { contentTypeOf, readSingleEnvelope } from "../read-single-envelope.ts";
import { findFirstSent } from "../receipts.ts";
import { type OwnTarget, sendOwn } from "../send-own.ts";
import { entryOf, receiverSide, wrongState } from "../sides.ts";
import { messages } from "../tables.ts";
import { buildReportedReceipt } from "./build-reported-receipt.ts";
import type { ReceiptOutcome, ReceiptReport } from "./schemas.ts";

const conflict = (fault: string, message: string) => new DomainError("conflict", message, { fault });

/**
 * The receiver of a letter says what became of it: a receipt is built in the form in which the sender sent it, noted on the
 * letter and delivered to the sender. The same again changes nothing. Throws `conflict`: `receipt-contradicts` when the
 * opposite has been said, `not-answerable` for receipts and what we built ourselves, `wrong-state` for a withdrawn letter.
 */
export async function reportReceipt(
  ctx: Context,
  input: ReceiptReport & { id: string },
): Promise<ReceiptOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, receiverSide(seen), async (tx) => {
    const subject = await loadSubject(tx, seen);
    const bytes = buildReportedReceipt({ ...subject, refusal: refusalOf(input), now: ctx.now, newId });
    if (!bytes) throw conflict("not-answerable", "A receipt is answered by none.");
    const { envelope } = readSingleEnvelope(bytes);
    const correlations = await correlateReceipts(tx, {
      receipts: await readReceipts(contentOf(bytes), envelope),
      envelope,
      cases: ["new"],
      actor: ctx.actor,
      lettersOf: (ids) => lockLetters(tx, ids),
      ...(subject.isCopy && { copyId: seen.id }),
    });
    const answered = correlations.flatMap((correlation) => correlation.answered);
    const judged = answered.find(({ message }) => message.id === seen.id) ?? answered[0];
    if (!judged) throw new Error("a receipt was built that answers nothing");
    if (correlations.some(({ contradicts }) => contradicts))
      throw conflict("receipt-contradicts", "The opposite has been said of it.");
    if (judged.event === "receipt-late") throw wrongState(judged.message.state);
    if (judged.event === "receipt-repeated") {
      const { state, receiptMessageId } = judged.message;
      return { result: { id: seen.id, state, receiptMessageId, isRepeated: true }, entries: [] };
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
    });
    await settleReceipts(tx, ctx, correlations, own.messageIds);
    const [after] = await tx.select().from(messages).where(eq(messages.id, seen.id));
    const state = after?.state ?? seen.state;
    const receiptMessageId = own.messageIds[0] ?? null;
    const result: ReceiptOutcome = { id: seen.id, state, receiptMessageId, isRepeated: false };
    return { result, entries: [entryOf(seen, { state, receipt: input.outcome, receiptMessageId })] };
  });
}

function refusalOf({ outcome, reason, text }: ReceiptReport) {
  return outcome === "positive" ? undefined : { reason: reason ?? "NC", text: text ?? "" };
}

/** The letter as its sender sent it first: a receipt names the ids that the sender knows. */
async function loadSubject(tx: Transaction, row: MessageRow) {
  const first = await findFirstSent(tx, row.interchangeId);
  if (first?.kind !== "received") throw conflict("not-answerable", "The gateway sent it itself.");
  const { envelope } = await readEnvelopeOf(await storedContent(tx, first), "read");
  const isHere = first.id === row.interchangeId;
  const index = isHere
    ? row.position - 1
    : envelope.messages.findIndex(({ reference }) => reference === row.reference);
  const letter = envelope.messages[index];
  if (!letter || isReceipt(letter)) throw conflict("not-answerable", "A receipt is answered by none.");
  const { id: originId, senderSupplierId } = first;
  return { envelope, index, originId, senderSupplierId, isCopy: !isHere };
}

/** Where the sender takes such receipts, or else the mailbox that every location number has. */
async function findTarget(
  tx: Transaction,
  ctx: Context,
  receiver: string,
  receipt: MessageEnvelope | undefined,
): Promise<OwnTarget> {
  const mailbox: OwnTarget = { transport: "mailbox", endpointId: null, receiver };
  if (!receipt) return mailbox;
  const facts = (await loadParties(tx, [receiver], ctx.now))(receiver);
  const receives = await loadReceivedTypes(tx, receiver, ctx.now);
  const route = routeMessage(receipt, { party: { id: receiver }, facts, receives });
  if (!route.found || route.endpointId === ownMailbox) return mailbox;
  return { transport: route.transport, endpointId: route.endpointId, receiver };
}
