import type { InterchangeEnvelope } from "@sor/edi";
import { and, eq, inArray, or } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { deliveries, interchanges, messages } from "../messages/tables.ts";
import { findCarried } from "./find-carried.ts";
import type { Polarity, ReceiptContent } from "./read-receipts.ts";

const nobody = "00000000-0000-0000-0000-000000000000";

type Descent = { id: string; originId: string | null };
const descent = { id: messages.id, originId: messages.originId };
type Found = Descent & { reference: string; deliveryId: string | null };
const found = { ...descent, reference: messages.reference, deliveryId: messages.deliveryId };

/** The messages that a receipt answers: by their own ids, or by the ids of their carried content. */
export type AnsweredMessages = { own: readonly string[]; carried: readonly string[] };

type AnswerQuestion = {
  /** The interchange that contained the receipt. */
  envelope: InterchangeEnvelope;
  receipt: ReceiptContent;
  /** The supplier that submits it; null: an actor without endpoints. */
  supplierId: string | null;
  /** A message that it answers in addition. */
  copyId: string | undefined;
};

/**
 * The messages that a receipt answers: sent by its receiver to its sender, in the form of the ids it names, by envelope id and
 * message id. A message carried in a VANSEnvelope or SBDH is also found by its ids inside.
 */
export async function findAnswered(db: ReadDatabase, question: AnswerQuestion): Promise<AnsweredMessages> {
  const { envelope, receipt, supplierId, copyId } = question;
  const { original } = receipt;
  const isFromReceiver = original.receiver === envelope.sender.id && original.sender === envelope.receiver.id;
  if (!isFromReceiver) return { own: [], carried: [] };
  const direct = await ofOnePart(db, await findOwn(db, original), receipt, supplierId);
  const isCopy = eq(messages.id, copyId ?? nobody);
  const copy = copyId === undefined ? [] : await db.select(descent).from(messages).where(isCopy);
  const own = await addOrigins(db, [...direct, ...copy]);
  const ids = await findCarried(db, original);
  const carriers = await db.select(descent).from(messages).where(inArray(messages.id, ids));
  const carried = await addOrigins(db, carriers);
  return { own, carried: carried.filter((id) => !own.includes(id)) };
}

/**
 * The messages of an envelope may have gone to several endpoints, each with a part of it under the same id. The receiver of one
 * part cannot answer for the others: the receipt applies to the part whose messages are named, otherwise to those that its
 * supplier received. Where neither decides, it applies to all, as the sender reads it.
 */
async function ofOnePart(
  db: ReadDatabase,
  messages: readonly Found[],
  receipt: ReceiptContent,
  supplierId: string | null,
): Promise<readonly Found[]> {
  const sent = messages.filter(({ deliveryId }) => deliveryId !== null);
  const parts = [...new Set(sent.flatMap(({ deliveryId }) => deliveryId ?? []))];
  const names = new Set(receipt.messages.map(({ reference }) => reference));
  const named = messages.filter(({ reference }) => names.has(reference));
  if (named.length > 0) {
    const places = new Set(named.flatMap(({ deliveryId }) => deliveryId ?? []));
    return messages.filter((message) => named.includes(message) || places.has(message.deliveryId ?? ""));
  }
  if (parts.length < 2) return sent.length > 0 ? sent : messages;
  const here = await db
    .select({ id: deliveries.id })
    .from(deliveries)
    .innerJoin(endpoints, eq(endpoints.id, deliveries.endpointId))
    .where(and(inArray(deliveries.id, parts), eq(endpoints.supplierId, supplierId ?? nobody)));
  const own = new Set(here.map(({ id }) => id));
  return own.size > 0 ? sent.filter(({ deliveryId }) => own.has(deliveryId ?? "")) : sent;
}

/** A message as named in a receipt. */
type Named = { reference: string; unhIdentifier: string };

/**
 * The polarity of a receipt for each message that it may answer; undefined for messages it does not apply to. Where messages of
 * several types share a reference, the type beside it (S009) decides.
 */
export function polarityIn(
  { whole, messages }: ReceiptContent,
  answerable: readonly Named[],
): (message: Named) => Polarity | undefined {
  // A rejection of the whole applies to every message; an acceptance only to those that are not listed.
  if (whole === "negative" || messages.length === 0) return () => whole;
  const named = Map.groupBy(messages, ({ reference }) => reference);
  const types = Map.groupBy(answerable, ({ reference }) => reference);
  const isShared = new Set(
    [...types].flatMap(([reference, list]) =>
      new Set(list.map(({ unhIdentifier }) => unhIdentifier)).size > 1 ? reference : [],
    ),
  );
  return ({ reference, unhIdentifier }) => {
    const said = named.get(reference) ?? [];
    const own = isShared.has(reference)
      ? said.find(({ identifier }) => identifier === unhIdentifier)
      : said[0];
    return own?.polarity;
  };
}

/** The polarity for everything that a receipt names; undefined where it differs between messages. */
export function commonPolarity({ whole, messages }: ReceiptContent): Polarity | undefined {
  if (whole === "negative" || messages.length === 0) return whole;
  const said = new Set(messages.map(({ polarity }) => polarity));
  return said.size === 1 ? messages[0]?.polarity : undefined;
}

async function findOwn(db: ReadDatabase, original: ReceiptContent["original"]): Promise<Found[]> {
  const { form, sender, receiver, reference, messageReference } = original;
  const parties = and(
    eq(interchanges.format, form),
    eq(interchanges.sender, sender),
    eq(interchanges.receiver, receiver),
    inArray(interchanges.kind, ["received", "resent"]),
  );
  if (reference === undefined) {
    return await db
      .select(found)
      .from(messages)
      .innerJoin(interchanges, eq(interchanges.id, messages.interchangeId))
      .where(and(eq(messages.reference, messageReference ?? ""), parties))
      .orderBy(messages.id);
  }
  const envelopes = await db
    .select({ id: interchanges.id, kind: interchanges.kind })
    .from(interchanges)
    .where(and(eq(interchanges.controlReference, reference), parties));
  return await findMessagesUnder(db, envelopes, messageReference);
}

// A rerouted message may have another envelope than its original one.
async function findMessagesUnder(
  db: ReadDatabase,
  envelopes: readonly { id: string; kind: string }[],
  messageReference: string | undefined,
): Promise<Found[]> {
  const ids = envelopes.map(({ id }) => id);
  if (ids.length === 0) return [];
  const renewed = envelopes.filter(({ kind }) => kind === "resent").map(({ id }) => id);
  const carriers =
    renewed.length === 0
      ? []
      : await db
          .select({ id: deliveries.id })
          .from(deliveries)
          .where(inArray(deliveries.interchangeId, renewed));
  const carrierIds = carriers.map(({ id }) => id);
  const under = or(
    inArray(messages.interchangeId, ids),
    carrierIds.length > 0 ? inArray(messages.deliveryId, carrierIds) : undefined,
  );
  const named = messageReference === undefined ? undefined : eq(messages.reference, messageReference);
  return await db.select(found).from(messages).where(and(under, named)).orderBy(messages.id);
}

// A receipt for a resent message also applies to the original.
async function addOrigins(db: ReadDatabase, found: readonly Descent[]): Promise<string[]> {
  const all = new Set(found.map(({ id }) => id));
  let origins = found.map(({ originId }) => originId);
  while (origins.length > 0) {
    const unknown = origins.filter((id) => id !== null).filter((id) => !all.has(id));
    const rows =
      unknown.length === 0
        ? []
        : await db.select(descent).from(messages).where(inArray(messages.id, unknown)).orderBy(messages.id);
    for (const row of rows) all.add(row.id);
    // The origin of a receipt is an interchange: then nothing is found, and the chain ends.
    origins = rows.map((row) => row.originId);
  }
  return [...all];
}
