import type { InterchangeEnvelope } from "@sor/edi";
import type { Transaction } from "../database/index.ts";
import { seenReferences } from "../messages/tables.ts";

/** The ids by which a receipt can refer to carried content: of a FHIR message its own, otherwise that of its envelope. */
function carriedReferences(envelope: InterchangeEnvelope): { form: string; reference: string }[] {
  const inside = envelope.carried?.inside?.interchanges ?? [];
  return inside.flatMap(({ form, reference, messages }) => {
    const references = form === "FHIR" ? messages.map((message) => message.reference) : [reference];
    return references.map((id) => ({ form, reference: id }));
  });
}

/** Stores the ids by which a receipt may refer to a message carried in an envelope. */
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
    // The same id within several envelopes is stored for each.
    scope: `${form} ${message.messageId}`,
    ...message,
    seenAt: now,
  }));
  if (rows.length > 0) await tx.insert(seenReferences).values(rows).onConflictDoNothing();
}
