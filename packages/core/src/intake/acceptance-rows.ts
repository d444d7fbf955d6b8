import type { InterchangeEnvelope } from "@sor/edi";
import { ownMailbox, type PlannedDelivery, type PlannedMessage } from "../acceptance/index.ts";
import type { Context } from "../context.ts";
import type { Happening, ReceiptFlag } from "../messages/index.ts";
import { contentTypeOf } from "../messages/index.ts";
import type { deliveries, interchanges, messages } from "../messages/tables.ts";
import { commonType, envelopeColumns, giveUpAt, messageColumns } from "../own-receipts/index.ts";
import type { Correlation } from "../receipts/index.ts";

/** Suppliers of the sender and the receiver at acceptance. */
type Sides = { senderSupplierId: string | null; receiverSupplierId: string | null };
export type StoredPayload = { sha256: string; sizeBytes: number };
type MessageRow = Omit<typeof messages.$inferSelect, "state" | "stateSince" | "deadlineAt">;
type Taken = { ctx: Pick<Context, "actor" | "now">; envelope: InterchangeEnvelope };

/** The row of an interchange accepted from its sender. */
export function interchangeRow(
  { ctx, envelope }: Taken,
  id: string,
  sides: Sides,
  payload: StoredPayload,
): typeof interchanges.$inferSelect {
  return {
    id,
    kind: "received",
    ...envelopeColumns(envelope),
    contentType: contentTypeOf(envelope),
    payloadSha256: payload.sha256,
    sizeBytes: payload.sizeBytes,
    receivedAt: ctx.now,
    ...sides,
    actorKind: ctx.actor.kind,
    actorId: "id" in ctx.actor ? ctx.actor.id : null,
    originId: null,
    payloadPrunedAt: null,
  };
}

/** The row of a planned delivery of that interchange. */
export function deliveryRow(
  { ctx, envelope }: Taken,
  of: { id: string; interchangeId: string; payload: StoredPayload },
  planned: PlannedDelivery,
): typeof deliveries.$inferInsert {
  return {
    id: of.id,
    interchangeId: of.interchangeId,
    endpointId: planned.endpointId === ownMailbox ? null : planned.endpointId,
    transport: planned.transport,
    receiver: envelope.receiver.id,
    payloadSha256: of.payload.sha256,
    sizeBytes: of.payload.sizeBytes,
    contentType: contentTypeOf(envelope),
    state: planned.isPaused ? "held" : "waiting",
    createdAt: ctx.now,
    nextAttemptAt: ctx.now,
    giveUpAt: giveUpAt(ctx.now, planned.giveUpSeconds),
    sender: envelope.sender.id,
    messageType: commonType(
      planned.positions.flatMap((position) => envelope.messages[position] ?? []).map(messageColumns),
    ),
  };
}

const flagOf = ({ contradicts, originId }: Correlation): ReceiptFlag | null => {
  if (contradicts) return "contradictory";
  return originId === null ? "unknown" : null;
};

/** The planned messages of that interchange, ready to be introduced. */
export function messageDrafts(
  { ctx, envelope }: Taken,
  made: { id: string; messageIds: readonly string[]; sides: Sides },
  planned: readonly PlannedMessage[],
  more: { deliveryIds: ReadonlyMap<string, string>; correlations: readonly Correlation[] },
): { row: MessageRow; happenings: readonly Happening[] }[] {
  return planned.flatMap(({ position, happenings, reason, endpointId }) => {
    const message = envelope.messages[position];
    if (!message) return [];
    const correlation = more.correlations.find((entry) => entry.position === position);
    const row = {
      id: made.messageIds[position] as string,
      interchangeId: made.id,
      position: position + 1,
      ...messageColumns(message),
      sender: envelope.sender.id,
      receiver: envelope.receiver.id,
      receivedAt: ctx.now,
      acknowledgementRequested: envelope.acknowledgementRequested,
      isTest: envelope.isTest,
      reason,
      deliveryId: endpointId === null ? null : (more.deliveryIds.get(endpointId) ?? null),
      ...made.sides,
      receiptMessageId: null,
      saidMark: null,
      originId: correlation?.originId ?? null,
      receiptFlag: correlation ? flagOf(correlation) : null,
    };
    return [{ row, happenings }];
  });
}
