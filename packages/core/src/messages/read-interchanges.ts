import { and, asc, eq, inArray, or } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import type { ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { may, type Subject } from "../permissions/index.ts";
import { showDigest } from "../vault/index.ts";
import { contentDigest, type PayloadParts, payloadParts, wholeOf } from "./payloads.ts";
import { requireVisibleMessage, summaryOf } from "./read-messages.ts";
import type { InterchangeView, MessageSummary } from "./schemas.ts";
import { deliveries, interchanges, messages } from "./tables.ts";
import { findVisibility, whereVisible } from "./visibility.ts";

type InterchangeRow = typeof interchanges.$inferSelect;

/** The view of an interchange, with its messages. */
export function interchangeView(row: InterchangeRow, list: MessageSummary[]): InterchangeView {
  return {
    id: row.id,
    kind: row.kind,
    format: row.format,
    sender: row.sender,
    receiver: row.receiver,
    controlReference: row.controlReference,
    acknowledgementRequested: row.acknowledgementRequested,
    isTest: row.isTest,
    sizeBytes: row.sizeBytes,
    sha256: showDigest(row.payloadSha256),
    receivedAt: row.receivedAt.toISOString(),
    originId: row.originId,
    messages: list,
  };
}

/** Interchanges with their messages, without an access check; in the order of the ids given. */
export async function loadInterchanges(
  db: ReadDatabase,
  rows: readonly InterchangeRow[],
): Promise<InterchangeView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const list = await db
    .select()
    .from(messages)
    .where(inArray(messages.interchangeId, ids))
    .orderBy(asc(messages.position));
  const byInterchange = Map.groupBy(list, (row) => row.interchangeId);
  // Messages that were rerouted in a new envelope belong to their original interchange.
  const renewed = ids.filter((id) => !byInterchange.has(id));
  for (const [id, carried] of await loadCarried(db, renewed)) byInterchange.set(id, carried);
  return rows.map((row) => interchangeView(row, (byInterchange.get(row.id) ?? []).map(summaryOf)));
}

async function loadCarried(
  db: ReadDatabase,
  ids: readonly string[],
): Promise<Map<string, (typeof messages.$inferSelect)[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: deliveries.interchangeId, message: messages })
    .from(messages)
    .innerJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .where(inArray(deliveries.interchangeId, [...ids]))
    .orderBy(asc(messages.position));
  const grouped = Map.groupBy(rows, (row) => row.id);
  return new Map([...grouped].map(([id, list]) => [id, list.map(({ message }) => message)]));
}

const notFound = () => new DomainError("not-found", "no-such-interchange");

async function requireVisible(ctx: Context, id: string): Promise<InterchangeRow> {
  const visible = whereVisible(await findVisibility(ctx), interchanges);
  const [row] = await ctx.db
    .select()
    .from(interchanges)
    .where(and(eq(interchanges.id, id), visible));
  if (!row) throw notFound();
  return row;
}

/** An interchange that the actor may see; throws the same `not-found` when it does not exist and when it is another's. */
export async function getInterchange(ctx: Context, input: { id: string }): Promise<InterchangeView> {
  const [view] = await loadInterchanges(ctx.db, [await requireVisible(ctx, input.id)]);
  if (!view) throw notFound();
  return view;
}

/** The receipts for an interchange, oldest first. */
export async function listReceipts(ctx: Context, input: { id: string }): Promise<InterchangeView[]> {
  const row = await requireVisible(ctx, input.id);
  const answering = await ctx.db
    .selectDistinct({ id: messages.interchangeId })
    .from(messages)
    .where(eq(messages.originId, row.id));
  const own = ["receipt", "repeated-receipt"] as const;
  const receipts = await ctx.db
    .select()
    .from(interchanges)
    .where(
      or(
        and(eq(interchanges.originId, row.id), inArray(interchanges.kind, [...own])),
        answering.length > 0
          ? inArray(
              interchanges.id,
              answering.map(({ id }) => id),
            )
          : undefined,
      ),
    )
    .orderBy(asc(interchanges.receivedAt), asc(interchanges.id))
    .limit(1000);
  return await loadInterchanges(ctx.db, receipts);
}

/** A payload and its parts. */
export type OpenPayload = PayloadParts & {
  interchangeId: string;
  contentType: string;
  contentDigest: string;
};
export type PayloadAnswer = Omit<OpenPayload, "parts" | "sizeBytes"> & { bytes: Buffer };

/** Opens the original bytes of an interchange. The access and its reason are journalled first. */
export async function openInterchangePayload(
  ctx: Context,
  input: { id: string; comment?: string | undefined },
): Promise<OpenPayload> {
  const row = await requireVisible(ctx, input.id);
  await journalReading(ctx, row, input.comment);
  return {
    interchangeId: row.id,
    contentType: row.contentType,
    contentDigest: contentDigest(row.payloadSha256),
    ...payloadParts(ctx.db, row.payloadSha256, row.sizeBytes),
  };
}

/** Opens the original bytes of a message's interchange. Journalled like `openInterchangePayload`. */
export async function openMessagePayload(ctx: Context, input: { id: string }): Promise<OpenPayload> {
  const message = await requireVisibleMessage(ctx, input.id);
  return await openInterchangePayload(ctx, { id: message.interchangeId });
}

/** The original bytes of an interchange, in one buffer. Journalled like `openInterchangePayload`. */
export async function readInterchangePayload(
  ctx: Context,
  input: { id: string; comment?: string | undefined },
): Promise<PayloadAnswer> {
  const { parts, sizeBytes: _, ...answer } = await openInterchangePayload(ctx, input);
  return { ...answer, bytes: await wholeOf(parts()) };
}

/** The original bytes of a message's interchange. Journalled like `openInterchangePayload`. */
export async function readMessagePayload(ctx: Context, input: { id: string }): Promise<PayloadAnswer> {
  const message = await requireVisibleMessage(ctx, input.id);
  return await readInterchangePayload(ctx, { id: message.interchangeId });
}

async function journalReading(ctx: Context, row: InterchangeRow, comment?: string): Promise<void> {
  const base = { type: "interchange" as const, id: row.id };
  const sender: Subject = { ...base, glns: [row.sender], supplierId: row.senderSupplierId ?? undefined };
  const receiver: Subject = {
    ...base,
    glns: [row.receiver],
    supplierId: row.receiverSupplierId ?? undefined,
  };
  const subject = may(ctx.actor, "message.read", sender, ctx.now) ? sender : receiver;
  await change(ctx, { action: "message.read", subject, comment }, async () => ({
    result: undefined,
    entries: [{ subjectType: "interchange", subjectId: row.id, after: { payload: "read" } }],
  }));
}
