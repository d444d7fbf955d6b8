import type { InterchangeEnvelope } from "@sor/edi";
import { eq } from "drizzle-orm";
import type { Hold } from "../acceptance/index.ts";
import { quarantines } from "../acceptance/tables.ts";
import type { CutContent } from "../content/index.ts";
import { patientRowsOf, rememberPatients } from "../content/index.ts";
import { newId, type Transaction } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import {
  contentOf,
  giveUpAfterSeconds,
  type Happening,
  introduce,
  type MessageReason,
  readSingleEnvelope,
  storeContent,
} from "../messages/index.ts";
import { deliveries, endpointQueues, interchanges } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { rememberCarried } from "./seen-carried.ts";

export type Writer = { actor: Actor; now: Date };

/** The destination of an interchange built by the gateway: an endpoint, or the mailbox that every location number has. */
export type OwnTarget = {
  transport: "webhook" | "mailbox" | "folder";
  endpointId: string | null;
  receiver: string;
};

type OwnInterchange = {
  kind: "receipt" | "repeated-receipt" | "resent";
  /** Its bytes with their parsed envelope. */
  content: CutContent;
  contentType: string;
  target: OwnTarget;
  senderSupplierId: string | null;
  receiverSupplierId: string | null;
  /** The interchange that it answers, repeats or resends. */
  originId: string;
  /** What each message answers or repeats, in order. */
  messageOrigins: readonly string[];
  /** How its one message is held; absent when it is sent at once. */
  hold?: Hold | undefined;
  /** Of a reported receipt: the hash that identifies a repetition. */
  saidMark?: string | undefined;
};

/** The columns of an interchange that come from its envelope. */
export function envelopeColumns(envelope: InterchangeEnvelope) {
  return {
    format: envelope.form,
    sender: envelope.sender.id,
    senderQualifier: envelope.sender.qualifier ?? null,
    receiver: envelope.receiver.id,
    receiverQualifier: envelope.receiver.qualifier ?? null,
    controlReference: envelope.reference,
    acknowledgementRequested: envelope.acknowledgementRequested,
    isTest: envelope.isTest,
  };
}

/** The columns of a message that come from its UNH. */
export function messageColumns(message: InterchangeEnvelope["messages"][number]) {
  return {
    reference: message.reference,
    unhIdentifier: (message.identifier ?? [message.unhType]).join(":"),
    messageType: message.type?.code ?? message.code ?? "",
    version: message.type?.version ?? message.version ?? "",
  };
}

/** When a delivery made now expires: by its endpoint's own rule, or the default. */
export function giveUpAt(now: Date, ownSeconds: number | null = null): Date {
  return new Date(now.getTime() + (ownSeconds ?? giveUpAfterSeconds) * 1000);
}

/** When a delivery to this endpoint made now expires. */
export async function giveUpAtOf(tx: Transaction, endpointId: string | null, now: Date): Promise<Date> {
  if (endpointId === null) return giveUpAt(now);
  const [found] = await tx
    .select({ retry: endpoints.retry })
    .from(endpoints)
    .where(eq(endpoints.id, endpointId));
  return giveUpAt(now, found?.retry?.giveUpSeconds);
}

/** The message type of the line in which messages are queued: theirs, or empty when they are of several. */
export function commonType(messages: readonly { messageType: string }[]): string {
  const types = new Set(messages.map(({ messageType }) => messageType.toUpperCase()));
  return types.size === 1 ? ([...types][0] as string) : "";
}

/** Makes sure that the endpoints have a row in endpoint_queues, under whose lock their deliveries are taken. */
export async function openQueues(tx: Transaction, endpointIds: readonly string[]): Promise<void> {
  if (endpointIds.length === 0) return;
  const rows = [...new Set(endpointIds)].sort().map((endpointId) => ({ endpointId }));
  await tx.insert(endpointQueues).values(rows).onConflictDoNothing();
}

/** Sends bytes that the gateway built, as `sendContent` does. */
export async function sendOwn(
  tx: Transaction,
  writer: Writer,
  { bytes, ...own }: Omit<OwnInterchange, "content"> & { bytes: Uint8Array },
): Promise<{ interchangeId: string; messageIds: string[] }> {
  const { envelope } = readSingleEnvelope(bytes);
  return await sendContent(tx, writer, { ...own, content: { ...contentOf(bytes), envelope } });
}

/** Stores an interchange that the gateway built and queues it. Returns the ids of the interchange and its messages, in order. */
export async function sendContent(
  tx: Transaction,
  writer: Writer,
  own: OwnInterchange,
): Promise<{ interchangeId: string; messageIds: string[] }> {
  const { envelope } = own.content;
  const interchangeId = newId();
  const deliveryId = newId();
  const payload = await storeContent(tx, own.content, writer.now);
  const sides = { senderSupplierId: own.senderSupplierId, receiverSupplierId: own.receiverSupplierId };
  await tx.insert(interchanges).values({
    id: interchangeId,
    kind: own.kind,
    ...envelopeColumns(envelope),
    contentType: own.contentType,
    payloadSha256: payload.sha256,
    sizeBytes: payload.sizeBytes,
    receivedAt: writer.now,
    ...sides,
    actorKind: writer.actor.kind,
    actorId: "id" in writer.actor ? writer.actor.id : null,
    originId: own.originId,
  });
  await tx.insert(deliveries).values({
    id: deliveryId,
    interchangeId,
    ...own.target,
    payloadSha256: payload.sha256,
    sizeBytes: payload.sizeBytes,
    contentType: own.contentType,
    state: own.hold ? "held" : "waiting",
    createdAt: writer.now,
    nextAttemptAt: writer.now,
    giveUpAt: await giveUpAtOf(tx, own.target.endpointId, writer.now),
    sender: envelope.sender.id,
    messageType: commonType(envelope.messages.map(messageColumns)),
  });
  if (own.target.endpointId) await openQueues(tx, [own.target.endpointId]);
  const drafts = draftsOf(own, { interchangeId, deliveryId, receivedAt: writer.now, ...sides });
  await introduce(tx, writer, drafts);
  if (own.hold) {
    const held = { ...own.hold, heldAt: writer.now };
    await tx.insert(quarantines).values(drafts.map(({ row }) => ({ messageId: row.id, ...held })));
  }
  const interchange = { interchangeId, messageId: drafts[0]?.row.id ?? "" };
  if (own.kind === "resent" && envelope.carried?.inside)
    await rememberCarried(tx, envelope, interchange, writer.now);
  await rememberPatients(
    tx,
    await patientRowsOf(own.content, envelope, (position) => drafts[position]?.row.id),
  );
  return { interchangeId, messageIds: drafts.map(({ row }) => row.id) };
}

type Common = {
  interchangeId: string;
  deliveryId: string;
  receivedAt: Date;
  senderSupplierId: string | null;
  receiverSupplierId: string | null;
};

/** The messages of an interchange that the gateway built, each with its first events. */
function draftsOf(own: OwnInterchange, common: Common) {
  const { envelope } = own.content;
  const route = { transport: own.target.transport, endpointId: own.target.endpointId };
  const happenings: Happening[] = [
    { event: "taken-in", detail: { kind: own.kind } },
    { event: "found-valid" },
    { event: "found-route", detail: route },
    own.hold
      ? { event: "held", detail: { reason: "quarantine", takesTwo: own.hold.takesTwo } }
      : { event: "queued" },
  ];
  return envelope.messages.map((message, index) => ({
    row: {
      id: newId(),
      ...common,
      position: index + 1,
      ...messageColumns(message),
      sender: envelope.sender.id,
      receiver: envelope.receiver.id,
      acknowledgementRequested: envelope.acknowledgementRequested,
      isTest: envelope.isTest,
      saidMark: own.saidMark ?? null,
      reason: (own.hold ? "quarantine" : null) as MessageReason | null,
      originId: own.messageOrigins[index] ?? null,
    },
    happenings,
  }));
}
