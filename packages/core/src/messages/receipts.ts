import { createHash } from "node:crypto";
import { buildContrl, type InterchangeEnvelope, isReceipt, type Refusal } from "@sor/edi";
import { eq, inArray } from "drizzle-orm";
import { newId, type Transaction } from "../database/index.ts";
import type { MedComReason } from "./plan-acceptance.ts";
import { sendOwn, type Writer } from "./send-own.ts";
import { interchanges, messages } from "./tables.ts";

const texts: Record<Exclude<MedComReason, "SYN">, string> = {
  LOK: "Modtagerens lokationsnummer er ukendt eller lukket.",
  VER: "Modtageren modtager ikke denne brevtype i denne version.",
  MID: "Modtageren er ikke angivet med et lokationsnummer, der er i brug.",
  NC: "Brevet er ikke afleveret: modtageren har ikke taget imod det.",
};

/** The text that goes with a reason; a syntax error brings its own. */
export function refusalOfReason(reason: MedComReason, syntax?: Refusal): Refusal {
  if (reason !== "SYN") return { reason, text: texts[reason] };
  return syntax ?? { reason, text: "Brevet overholder ikke syntaksen." };
}

/** An envelope or message id of ours: 14 characters (UNB 0020, UNH 0062) that no other id gives. */
export function shortReference(id: string): string {
  const digits = BigInt(`0x${createHash("sha256").update(id).digest("hex")}`)
    .toString(36)
    .toUpperCase();
  return digits.slice(-14).padStart(14, "0");
}

/** An instant as EDIFACT's local time: the clock of Denmark, to the minute. */
export function localMinute(now: Date): string {
  return now.toLocaleString("sv-SE", { timeZone: "Europe/Copenhagen" }).slice(0, 16).replace(" ", "T");
}

export type RefusalNotice = {
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
 * Tells the sender that letters do not go on: a negative VANS receipt (CTL01) into its mailbox, noted on the letters. There
 * is none for a receipt. Gives the receipt's message id, or undefined where none is owed.
 */
export async function sendRefusal(
  tx: Transaction,
  writer: Writer,
  notice: RefusalNotice,
): Promise<string | undefined> {
  const { envelope } = notice;
  const refusals = notice.refusals.filter(({ index }) => {
    const message = envelope.messages[index];
    return message && !isReceipt(message);
  });
  if (refusals.length === 0 || envelope.form !== "EDIFACT") return undefined;
  const key = newId();
  const bytes = buildContrl({
    kind: "CTL01",
    subject: envelope,
    sender: { id: notice.gatewayParty, qualifier: "14" },
    reference: shortReference(`${key} envelope`),
    messageReference: shortReference(`${key} message`),
    preparedAt: localMinute(writer.now),
    letters: refusals.map(({ index, refusal }) => ({ index, refusal })),
  });
  if (!bytes) return undefined;
  const { messageIds } = await sendOwn(tx, writer, {
    kind: "receipt",
    bytes,
    contentType: "application/EDIFACT; charset=iso-8859-1",
    target: { transport: "mailbox", endpointId: null, receiver: envelope.sender.id },
    senderSupplierId: null,
    receiverSupplierId: notice.senderSupplierId,
    originId: notice.originId,
    messageOrigins: [notice.originId],
  });
  const [receiptMessageId] = messageIds;
  if (!receiptMessageId) throw new Error("a receipt was built without a message");
  const ids = refusals.map(({ messageId }) => messageId);
  await tx.update(messages).set({ receiptMessageId }).where(inArray(messages.id, ids));
  return receiptMessageId;
}

/** The interchange that a receipt of ours speaks of: the sender knows the letter that was resent by its first envelope. */
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
