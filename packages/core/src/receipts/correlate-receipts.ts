import type { InterchangeEnvelope } from "@sor/edi";
import { inArray } from "drizzle-orm";
import type { DuplicateCase } from "../acceptance/index.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { advanceDeliveries } from "../deliveries/index.ts";
import { advance, lockMessagesOf, type Move, nextState, type ReceiptFlag } from "../messages/index.ts";
import { messageEvents, type messages } from "../messages/tables.ts";
import type { Writer } from "../own-receipts/index.ts";
import type { Actor } from "../permissions/index.ts";
import { type AnsweredMessages, commonPolarity, findAnswered, polarityIn } from "./find-answered.ts";
import { judgeReceipt, judgeTransportReceipt } from "./judge-receipt.ts";
import { isTransportReceipt, type Polarity, type ReceiptContent } from "./read-receipts.ts";

type MessageRow = typeof messages.$inferSelect;
type Judged = {
  message: MessageRow;
  polarity: Polarity;
  event: ReturnType<typeof judgeReceipt>;
  /** The receipt is for the envelope: the message has one of its own besides. */
  isTransport: boolean;
};

/** The messages that one receipt of an interchange answers, and what it says of them. */
export type Correlation = {
  /** Position of the receipt in its interchange, from 0. */
  position: number;
  /** The interchange that it answers; null when unknown. */
  originId: string | null;
  answered: readonly Judged[];
  /** It contradicts what the sender has been told: it must not be carried. */
  contradicts: boolean;
};

/** An interchange with the receipts that were read from it. */
export type ReceiptQuestion = {
  receipts: readonly ReceiptContent[];
  envelope: InterchangeEnvelope;
  cases: readonly DuplicateCase[];
  /** Who submits it. */
  actor: Actor;
  /** A message that the receipt answers besides those that it names: a copy, whose id the sender's system does not know. */
  copyId?: string | undefined;
  /** Returns messages by id: locked when they are to be changed, otherwise only read. */
  messagesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, MessageRow>>;
};

/**
 * Finds the messages that the receipts of an interchange answer. A receipt is matched only from the message's receiver to its
 * sender, by envelope id and message id; there is no fuzzy matching.
 */
export async function correlateReceipts(db: ReadDatabase, question: ReceiptQuestion): Promise<Correlation[]> {
  const { envelope, cases, actor, copyId } = question;
  if (question.receipts.length === 0) return [];
  const supplierId = "supplierId" in actor ? actor.supplierId : null;
  const receipts: { receipt: ReceiptContent; messages: Awaited<ReturnType<typeof findAnswered>> }[] = [];
  for (const receipt of question.receipts) {
    if (cases[receipt.position] !== "new") continue;
    receipts.push({ receipt, messages: await findAnswered(db, { envelope, receipt, supplierId, copyId }) });
  }
  const ids = receipts.flatMap(({ messages }) => [...messages.own, ...messages.carried]);
  const known = await question.messagesOf(ids);
  const said = await loadTransportReceipts(db, receipts.some(isOfEnvelope) ? ids : []);
  return receipts.map(({ receipt, messages }) => {
    const judged = (id: string, polarityOf: (message: MessageRow) => Polarity | undefined) => {
      const message = known.get(id);
      const polarity = message && polarityOf(message);
      return message && polarity ? [judge(receipt, message, polarity, said.get(id))] : [];
    };
    const saidOf = polarityIn(
      receipt,
      messages.own.flatMap((id) => known.get(id) ?? []),
    );
    const answered = [
      ...messages.own.flatMap((id) => judged(id, saidOf)),
      ...messages.carried.flatMap((id) => judged(id, () => commonPolarity(receipt))),
    ];
    return {
      position: receipt.position,
      originId: (answered[0]?.message ?? firstKnown(known, messages))?.interchangeId ?? null,
      answered,
      contradicts: answered.some(({ event }) => event === "receipt-contradicts"),
    };
  });
}

/** A message that a receipt names, positively or negatively. */
const firstKnown = (known: ReadonlyMap<string, MessageRow>, { own, carried }: AnsweredMessages) =>
  [...own, ...carried].flatMap((id) => known.get(id) ?? [])[0];

const isOfEnvelope = ({ receipt }: { receipt: ReceiptContent }) =>
  receipt.original.form === "VANSEnvelope" || receipt.original.form === "SBDH";

function judge(
  receipt: ReceiptContent,
  message: MessageRow,
  polarity: Polarity,
  earlier: Polarity | undefined,
): Judged {
  const isTransport = isTransportReceipt(receipt, message);
  const event = isTransport
    ? judgeTransportReceipt(message, polarity, earlier)
    : judgeReceipt(message, polarity);
  return { message, polarity, event, isTransport };
}

/** The earlier receipts of the messages' envelopes. */
async function loadTransportReceipts(
  db: ReadDatabase,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Polarity>> {
  if (ids.length === 0) return new Map();
  const events = await db
    .select({ messageId: messageEvents.messageId, detail: messageEvents.detail })
    .from(messageEvents)
    .where(inArray(messageEvents.messageId, [...ids]))
    .orderBy(messageEvents.id);
  return new Map(
    events.flatMap(({ messageId, detail }) => {
      const polarity = detail?.transportReceipt;
      return polarity === "positive" || polarity === "negative" ? [[messageId, polarity] as const] : [];
    }),
  );
}

/** Records the receipt on every message, and ends the delivery of messages that are thereby known to be delivered. */
export async function settleReceipts(
  tx: Transaction,
  writer: Writer,
  correlations: readonly Correlation[],
  messageIds: readonly string[],
): Promise<void> {
  const moves = new Map<string, Move>();
  const arrived = new Set<string>();
  for (const { position, answered } of correlations) {
    for (const judged of answered) {
      const { message } = judged;
      const receiptMessageId = messageIds[position];
      if (!receiptMessageId || moves.has(message.id)) continue;
      const move = moveOf(judged, receiptMessageId, writer.now);
      moves.set(message.id, move);
      if (move.set?.receiptMessageId && message.deliveryId) arrived.add(message.deliveryId);
    }
  }
  if (moves.size > 0) await advance(tx, writer, [...moves.values()]);
  if (arrived.size === 0) return;
  const which = { ids: [...arrived], ifPossible: true } as const;
  await advanceDeliveries(tx, writer.now, which, { event: "answered" });
  await moveCompanions(tx, writer, [...arrived]);
}

// Messages of the same delivery have been delivered too, and no other answer will come: the delivery has ended.
async function moveCompanions(
  tx: Transaction,
  writer: Writer,
  deliveryIds: readonly string[],
): Promise<void> {
  const carried = await lockMessagesOf(tx, deliveryIds);
  const companions = carried.filter(({ state }) => (nextState(state, "delivered") ?? state) !== state);
  const happenings = [{ event: "delivered", detail: { reason: "receipt-for-companion" } }] as const;
  await advance(
    tx,
    writer,
    companions.map((message) => ({ message, happenings, set: { reason: null } })),
  );
}

function moveOf(
  { message, polarity, event, isTransport }: Judged,
  receiptMessageId: string,
  now: Date,
): Move {
  const isFirst = event === "positive-receipt" || event === "negative-receipt";
  const isLate = isFirst && message.deadlineAt !== null && message.deadlineAt < now;
  // The first such receipt is recorded as an event; one that contradicts it is ignored.
  const counts = isTransport && (isFirst || event === "delivered");
  const detail = {
    receiptMessageId,
    polarity,
    ...(isLate && { isLate }),
    ...(counts && { transportReceipt: polarity }),
  };
  const sets = isFirst || (event === "delivered" && message.receiptMessageId === null);
  const receiptFlag: ReceiptFlag | undefined =
    event === "receipt-contradicts"
      ? "contradictory"
      : isLate || event === "receipt-late"
        ? "late"
        : undefined;
  const set = { ...(sets && { receiptMessageId }), ...(receiptFlag && { receiptFlag }) };
  return { message, happenings: [{ event, detail }], set };
}
