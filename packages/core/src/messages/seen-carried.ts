import type { InterchangeEnvelope } from "@sor/edi";
import { and, eq, sql } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import type { ReceiptContent } from "./read-receipts.ts";
import { seenReferences } from "./tables.ts";

/** The ids by which a receipt can name what an envelope carries: of a FHIR message its own, else that of its envelope. */
export function carriedReferences(envelope: InterchangeEnvelope): { form: string; reference: string }[] {
  const inside = envelope.carried?.inside?.interchanges ?? [];
  return inside.flatMap(({ form, reference, messages }) => {
    const references = form === "FHIR" ? messages.map((message) => message.reference) : [reference];
    return references.map((id) => ({ form, reference: id }));
  });
}

/** Remembers under which ids a receipt may name a message that is carried by an envelope. */
export async function rememberCarried(
  tx: Transaction,
  envelope: InterchangeEnvelope,
  message: { interchangeId: string; messageId: string },
  now: Date,
): Promise<void> {
  const rows = carriedReferences(envelope).map(({ form, reference }) => ({
    kind: "carried" as const,
    sender: envelope.sender.id,
    receiver: envelope.receiver.id,
    reference,
    // The same id inside of several envelopes is remembered for each.
    letter: `${form} ${message.messageId}`,
    ...message,
    seenAt: now,
  }));
  if (rows.length > 0) await tx.insert(seenReferences).values(rows).onConflictDoNothing();
}

/** The messages that carried what a receipt names. */
export async function findCarried(
  db: ReadDatabase,
  { form, sender, receiver, reference, messageReference }: ReceiptContent["original"],
): Promise<string[]> {
  const rows = await db
    .select({ messageId: seenReferences.messageId })
    .from(seenReferences)
    .where(
      and(
        eq(seenReferences.sender, sender),
        eq(seenReferences.receiver, receiver),
        eq(seenReferences.reference, reference ?? messageReference ?? ""),
        eq(seenReferences.kind, "carried"),
        sql`starts_with(${seenReferences.letter}, ${`${form} `})`,
      ),
    );
  return rows.flatMap(({ messageId }) => (messageId ? [messageId] : []));
}
