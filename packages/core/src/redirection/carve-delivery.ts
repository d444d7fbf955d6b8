import { eq } from "drizzle-orm";
import { cutContent, readEnvelopeOf } from "../content/index.ts";
import { newId, type Transaction } from "../database/index.ts";
import type { Content, DeliveryRow, MessageRow } from "../messages/index.ts";
import { newReference, storeContent, storedContent } from "../messages/index.ts";
import { interchanges } from "../messages/tables.ts";
import { commonType, type Writer } from "../own-receipts/index.ts";
import { danishTimestamp } from "../validity/index.ts";

/** What a delivery carries: its bytes, and the envelope id they are sent under. */
export type Cargo = {
  interchangeId: string;
  payloadSha256: string;
  sizeBytes: number;
  messageType: string;
};

type InterchangeRow = typeof interchanges.$inferSelect;

async function interchangeOf(tx: Transaction, id: string): Promise<InterchangeRow> {
  const [row] = await tx.select().from(interchanges).where(eq(interchanges.id, id));
  if (!row) throw new Error("a message has no interchange");
  return row;
}

async function cut(
  tx: Transaction,
  messages: readonly MessageRow[],
  envelopeOf: (origin: InterchangeRow) => { reference: string; preparedAt: string } | undefined,
): Promise<{ origin: InterchangeRow; content: Content; reference: string }> {
  const [first] = messages;
  if (!first) throw new Error("a delivery carries at least one message");
  const origin = await interchangeOf(tx, first.interchangeId);
  const content = await storedContent(tx, origin);
  const { envelope } = await readEnvelopeOf(content, "skip");
  const positions = messages.map((row) => row.position - 1).sort((a, b) => a - b);
  const renewed = envelopeOf(origin);
  const reference = renewed?.reference ?? origin.controlReference;
  const choice = { messages: positions, renewed };
  return { origin, reference, content: await cutContent(content, envelope, choice) };
}

/** The content of a delivery reduced to these of its messages; the envelope id stays. */
export async function keepOnly(
  tx: Transaction,
  { now }: Pick<Writer, "now">,
  delivery: DeliveryRow,
  messages: readonly MessageRow[],
): Promise<Cargo> {
  const carrier = await interchangeOf(tx, delivery.interchangeId);
  const { content } = await cut(tx, messages, (origin) =>
    carrier.id === origin.id
      ? undefined
      : { reference: carrier.controlReference, preparedAt: danishTimestamp(carrier.receivedAt) },
  );
  const payload = await storeContent(tx, content, now);
  return {
    interchangeId: delivery.interchangeId,
    payloadSha256: payload.sha256,
    sizeBytes: payload.sizeBytes,
    messageType: commonType(messages),
  };
}

/**
 * These messages in a new envelope with a new id and time, all else unchanged (document 032). The new envelope refers to the
 * original one.
 */
export async function renewEnvelope(
  tx: Transaction,
  { actor, now }: Writer,
  delivery: DeliveryRow,
  messages: readonly MessageRow[],
): Promise<Cargo> {
  const id = newId();
  const { origin, content, reference } = await cut(tx, messages, ({ format }) => ({
    reference: newReference(format),
    preparedAt: danishTimestamp(now),
  }));
  const payload = await storeContent(tx, content, now);
  await tx.insert(interchanges).values({
    ...origin,
    id,
    kind: "resent",
    controlReference: reference,
    payloadSha256: payload.sha256,
    sizeBytes: payload.sizeBytes,
    receivedAt: now,
    actorKind: actor.kind,
    actorId: "id" in actor ? actor.id : null,
    originId: delivery.interchangeId,
  });
  const { sha256, sizeBytes } = payload;
  return { interchangeId: id, payloadSha256: sha256, sizeBytes, messageType: commonType(messages) };
}
