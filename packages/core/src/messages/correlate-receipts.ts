import type { InterchangeEnvelope } from "@sor/edi";
import { and, eq, inArray, or } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import { advance, lockMessagesOf, type Move } from "./advance.ts";
import type { DuplicateCase } from "./duplicates.ts";
import { judgeReceipt } from "./judge-receipt.ts";
import { lockLetters } from "./lock-letters.ts";
import { type Polarity, type ReceiptContent, readReceipts } from "./read-receipts.ts";
import type { Writer } from "./send-own.ts";
import { nextState } from "./states.ts";
import { deliveries, interchanges, messages } from "./tables.ts";

type MessageRow = typeof messages.$inferSelect;

/** What one receipt of an interchange means for the letters that it answers. */
export type Correlation = {
  /** Which message of its interchange the receipt is, from 0. */
  position: number;
  /** The interchange that it answers; null when it is not known here. */
  originId: string | null;
  answered: readonly { message: MessageRow; polarity: Polarity }[];
  /** It says the opposite of what the sender has been told: it must not go on. */
  contradicts: boolean;
};

/**
 * Finds the letters that the receipts of a delivery answer, and locks them. A receipt counts only from the letter's receiver
 * to its sender, by envelope id and message id; nothing is matched by guess.
 */
export async function correlateReceipts(
  tx: Transaction,
  bytes: Uint8Array,
  envelope: InterchangeEnvelope,
  cases: readonly DuplicateCase[],
): Promise<Correlation[]> {
  if (envelope.form !== "EDIFACT") return [];
  const receipts: { receipt: ReceiptContent; letterIds: readonly string[] }[] = [];
  for (const receipt of readReceipts(bytes, envelope)) {
    if (cases[receipt.position] !== "new") continue;
    receipts.push({ receipt, letterIds: await findAnswered(tx, envelope, receipt) });
  }
  const locked = await lockLetters(
    tx,
    receipts.flatMap(({ letterIds }) => letterIds),
  );
  return receipts.map(({ receipt, letterIds }) => {
    const answered = letterIds.flatMap((id) => {
      const message = locked.get(id);
      const polarity = message && polarityFor(receipt, message.reference);
      return message && polarity ? [{ message, polarity }] : [];
    });
    return {
      position: receipt.position,
      originId: answered[0]?.message.interchangeId ?? null,
      answered,
      contradicts: answered.some(
        ({ message, polarity }) => judgeReceipt(message, polarity) === "receipt-contradicts",
      ),
    };
  });
}

/** What a receipt says of the letter of that reference; undefined when it does not speak of it. */
function polarityFor({ whole, letters }: ReceiptContent, reference: string): Polarity | undefined {
  // A rejected whole speaks of every letter; a taken one only of those it does not name otherwise.
  if (whole === "negative" || letters.length === 0) return whole;
  return letters.find((letter) => letter.reference === reference)?.polarity;
}

/** The letters that went under the envelope which a receipt names; it counts only from their receiver to their sender. */
async function findAnswered(
  tx: Transaction,
  envelope: InterchangeEnvelope,
  { original }: ReceiptContent,
): Promise<string[]> {
  const isFromReceiver = original.receiver === envelope.sender.id && original.sender === envelope.receiver.id;
  if (!isFromReceiver) return [];
  const envelopes = await tx
    .select({ id: interchanges.id, kind: interchanges.kind })
    .from(interchanges)
    .where(
      and(
        eq(interchanges.controlReference, original.reference),
        eq(interchanges.sender, original.sender),
        eq(interchanges.receiver, original.receiver),
        inArray(interchanges.kind, ["received", "resent"]),
      ),
    );
  return await addOrigins(tx, await findLettersUnder(tx, envelopes));
}

type Descent = { id: string; originId: string | null };
const descent = { id: messages.id, originId: messages.originId };

// A letter that was sent another way may go under another envelope than the one in which it came.
async function findLettersUnder(
  tx: Transaction,
  envelopes: readonly { id: string; kind: string }[],
): Promise<Descent[]> {
  const ids = envelopes.map(({ id }) => id);
  if (ids.length === 0) return [];
  const renewed = envelopes.filter(({ kind }) => kind === "resent").map(({ id }) => id);
  const carriers =
    renewed.length === 0
      ? []
      : await tx
          .select({ id: deliveries.id })
          .from(deliveries)
          .where(inArray(deliveries.interchangeId, renewed));
  const carrierIds = carriers.map(({ id }) => id);
  return await tx
    .select(descent)
    .from(messages)
    .where(
      or(
        inArray(messages.interchangeId, ids),
        carrierIds.length > 0 ? inArray(messages.deliveryId, carrierIds) : undefined,
      ),
    )
    .orderBy(messages.id);
}

// What is said of a letter that was resent is said of the letter that it repeats.
async function addOrigins(tx: Transaction, found: readonly Descent[]): Promise<string[]> {
  const all = new Set(found.map(({ id }) => id));
  let origins = found.map(({ originId }) => originId);
  while (origins.length > 0) {
    const unknown = origins.filter((id) => id !== null).filter((id) => !all.has(id));
    const rows =
      unknown.length === 0
        ? []
        : await tx.select(descent).from(messages).where(inArray(messages.id, unknown)).orderBy(messages.id);
    for (const row of rows) all.add(row.id);
    // Of a receipt, the origin is an interchange: then nothing is found, and the way ends.
    origins = rows.map((row) => row.originId);
  }
  return [...all];
}

/** Notes on every letter what its receipt said, and ends the delivery of what has evidently arrived. */
export async function settleReceipts(
  tx: Transaction,
  writer: Writer,
  correlations: readonly Correlation[],
  messageIds: readonly string[],
): Promise<void> {
  const moves = new Map<string, Move>();
  const arrived = new Set<string>();
  for (const { position, answered } of correlations) {
    for (const { message, polarity } of answered) {
      const receiptMessageId = messageIds[position];
      if (!receiptMessageId || moves.has(message.id)) continue;
      const move = moveOf(message, polarity, receiptMessageId, writer.now);
      moves.set(message.id, move);
      if (move.set && message.deliveryId) arrived.add(message.deliveryId);
    }
  }
  if (moves.size > 0) await advance(tx, writer, [...moves.values()]);
  if (arrived.size === 0) return;
  await tx
    .update(deliveries)
    .set({ state: "done", doneAt: writer.now, leaseToken: null, leaseUntil: null, leasedBy: null })
    .where(and(inArray(deliveries.id, [...arrived]), inArray(deliveries.state, ["waiting", "held", "dead"])));
  await moveCompanions(tx, writer, [...arrived]);
}

// What travelled with a letter that arrived has arrived too, and nobody else will say so: the delivery has ended.
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

function moveOf(message: MessageRow, polarity: Polarity, receiptMessageId: string, now: Date): Move {
  const event = judgeReceipt(message, polarity);
  const isFirst = event === "positive-receipt" || event === "negative-receipt";
  const isLate = isFirst && message.deadlineAt !== null && message.deadlineAt < now;
  return {
    message,
    happenings: [{ event, detail: { receiptMessageId, polarity, ...(isLate && { isLate }) } }],
    ...(isFirst && { set: { receiptMessageId } }),
  };
}
