import { eq, inArray } from "drizzle-orm";
import { type DuplicateCase, decideSubmission, type SupplierOf } from "../acceptance/index.ts";
import { cutContent, patientRowsOf, rememberPatients } from "../content/index.ts";
import type { Context } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type {
  AcceptedInterchange,
  Content,
  InterchangeView,
  Part,
  SingleEnvelope,
} from "../messages/index.ts";
import {
  interchangeView,
  introduce,
  loadInterchanges,
  lockMessages,
  storeContent,
  summaryOf,
} from "../messages/index.ts";
import { deliveries, interchanges, messages } from "../messages/tables.ts";
import { acknowledgeAgain, openQueues, rememberCarried, sendRefusal } from "../own-receipts/index.ts";
import { type ReceiptContent, readReceipts, settleReceipts } from "../receipts/index.ts";
import { deliveryRow, interchangeRow, messageDrafts, type StoredPayload } from "./acceptance-rows.ts";
import { type JudgedPart, judgePart, toldFindings } from "./judge-submission.ts";
import { rememberReferences, type Seen, seenOfMessages } from "./seen-references.ts";

/** A submission that the actor may send for its senders. */
type Intake = SingleEnvelope & {
  ctx: Context;
  content: Content;
  /** The party in whose name the gateway gives receipts. */
  gatewayParty: string;
  parts: readonly Part[];
  supplierOf: SupplierOf;
};

type TakenIn = { interchange: AcceptedInterchange; repeatedReceipts: readonly string[] };

/** A part being stored: its ids, and what had been seen of it. */
type Begun = { part: Part; id: string; messageIds: readonly string[]; seen: Seen };

const partiesOf = ({ part: { envelope } }: { part: Part }) => `${envelope.sender.id} ${envelope.receiver.id}`;

/**
 * Stores a submission, each part as an interchange of its own. Throws `conflict` with `fault: envelope-reused` when its envelope
 * id was used for another.
 */
export async function takeIn(tx: Transaction, intake: Intake): Promise<TakenIn> {
  // A fixed order avoids deadlocks between submissions of the same parties.
  const ordered = [...intake.parts.entries()]
    .map(([at, part]) => ({ at, part }))
    .sort((a, b) => (partiesOf(a) < partiesOf(b) ? -1 : 1));
  const begun: Begun[] = [];
  for (const { part } of ordered) begun.push(await begin(tx, intake, part));
  const cases = decideSubmission(begun.map(({ part, seen }) => seenOfMessages(seen, part.envelope)));
  if (cases.flat().includes("envelope-reused")) {
    throw new DomainError("conflict", "envelope-reused", {
      fault: "envelope-reused",
    });
  }
  const receipts = await readReceipts(intake.content, intake.envelope);
  const taken: TakenIn[] = [];
  for (const [index, part] of begun.entries()) {
    taken[ordered[index]?.at ?? 0] = await takeInPart(tx, intake, {
      ...part,
      cases: cases[index] ?? [],
      receipts,
    });
  }
  const { interchange, repeatedReceipts } = together(taken);
  const notes = toldFindings(intake.findings, freshOf(begun, cases));
  return { interchange: { ...interchange, notes }, repeatedReceipts };
}

/** The numbers, within the submission, of the newly accepted messages. */
function freshOf(parts: readonly Begun[], cases: readonly (readonly DuplicateCase[])[]): ReadonlySet<number> {
  const numbers = parts.flatMap(({ part }, at) =>
    part.positions.flatMap((position, index) => (cases[at]?.[index] === "new" ? position + 1 : [])),
  );
  return new Set(numbers);
}

async function begin(tx: Transaction, { ctx }: Intake, part: Part): Promise<Begun> {
  const made = { id: newId(), messageIds: part.envelope.messages.map(() => newId()) };
  return { part, ...made, seen: await rememberReferences(tx, part.envelope, made, ctx.now) };
}

/**
 * One result for all parts: the first part's interchange, with the messages of all parts; each message names its own interchange.
 */
function together(taken: readonly TakenIn[]): TakenIn {
  const [first, ...others] = taken;
  if (!first) throw new Error("a submission has at least one part");
  if (others.length === 0) return first;
  const all = taken.map(({ interchange }) => interchange);
  const lost = all.find(({ duplicate }) => duplicate === "receipt-lost");
  const interchange = {
    ...first.interchange,
    ...(lost && { duplicate: lost.duplicate }),
    ...(first.interchange.contentDiffers !== undefined && {
      contentDiffers: all.some(({ contentDiffers }) => contentDiffers),
    }),
    messages: all.flatMap((view) => view.messages),
  };
  return { interchange, repeatedReceipts: taken.flatMap((part) => part.repeatedReceipts) };
}

type Decided = Begun & { cases: readonly DuplicateCase[]; receipts: readonly ReceiptContent[] };

async function takeInPart(tx: Transaction, intake: Intake, decided: Decided): Promise<TakenIn> {
  const { part, seen, cases } = decided;
  const isWhole = intake.parts.length === 1;
  const content = isWhole
    ? { ...intake.content, envelope: part.envelope }
    : await cutContent(intake.content, intake.envelope, { messages: part.positions });
  const [firstSeen] = seen.messages.values();
  if (firstSeen && cases.includes("duplicate")) {
    const repeatedReceipts = await answerSeen(tx, intake.ctx, decided);
    const first = await viewOf(tx, firstSeen.interchangeId);
    const contentDiffers = first.sha256 !== content.sha256;
    return { interchange: { ...first, duplicate: "duplicate", contentDiffers, notes: [] }, repeatedReceipts };
  }
  const { ctx } = intake;
  const judged = await judgePart(tx, ctx, {
    ...{ part, cases, receipts: decided.receipts },
    messagesOf: (ids) => lockMessages(tx, ids),
  });
  const view = await storeNew(tx, { ...intake, content, envelope: content.envelope }, decided, judged);
  const repeatedReceipts = await answerSeen(tx, ctx, decided);
  if (!cases.includes("receipt-lost")) return { interchange: { ...view, notes: [] }, repeatedReceipts };
  const ids = [...seen.messages.values()].map(({ messageId }) => messageId);
  const firsts = await tx.select().from(messages).where(inArray(messages.id, ids)).orderBy(messages.id);
  const list = [...view.messages, ...firsts.map(summaryOf)];
  return { interchange: { ...view, messages: list, duplicate: "receipt-lost", notes: [] }, repeatedReceipts };
}

async function answerSeen(
  tx: Transaction,
  ctx: Context,
  { part, seen, cases }: Decided,
): Promise<readonly string[]> {
  const repeated = part.envelope.messages.flatMap((_, index) => {
    const first = seen.messages.get(index);
    const kind = cases[index];
    return first && (kind === "duplicate" || kind === "receipt-lost") ? [{ ...first, kind }] : [];
  });
  return repeated.length > 0 ? await acknowledgeAgain(tx, ctx, repeated) : [];
}

/** What is stored of a part: its own bytes, and the envelope as read from them. */
type Stored = Pick<Intake, "ctx" | "content" | "envelope" | "supplierOf" | "gatewayParty">;

async function storeNew(
  tx: Transaction,
  of: Stored,
  { id, messageIds }: Begun,
  { plan, correlations }: JudgedPart,
): Promise<InterchangeView> {
  const { ctx, content, envelope, supplierOf } = of;
  const sides = {
    senderSupplierId: supplierOf(envelope.sender.id),
    receiverSupplierId: supplierOf(envelope.receiver.id),
  };
  const payload = await storeContent(tx, content, ctx.now);
  const interchange = interchangeRow(of, id, sides, payload);
  await tx.insert(interchanges).values(interchange);
  const deliveryIds = await storeDeliveries(tx, of, { id, plan, payload });
  const drafts = messageDrafts(of, { id, messageIds, sides }, plan.messages, { deliveryIds, correlations });
  const rows = await introduce(tx, ctx, drafts);
  const [messageId] = messageIds;
  if (envelope.carried?.inside && messageId)
    await rememberCarried(tx, envelope, { interchangeId: id, messageId }, ctx.now);
  await rememberPatients(
    tx,
    await patientRowsOf(content, envelope, (at) => rows.find(({ position }) => position === at + 1)?.id),
  );
  await settleReceipts(tx, ctx, correlations, messageIds);
  await sendRefusal(tx, ctx, {
    originId: id,
    envelope,
    senderSupplierId: sides.senderSupplierId,
    gatewayParty: of.gatewayParty,
    refusals: plan.refusals.map(({ position, refusal }) => ({
      index: position,
      messageId: messageIds[position] as string,
      refusal,
    })),
  });
  return interchangeView(interchange, rows.map(summaryOf));
}

async function storeDeliveries(
  tx: Transaction,
  of: Stored,
  {
    id: interchangeId,
    plan,
    payload: whole,
  }: Pick<JudgedPart, "plan"> & { id: string; payload: StoredPayload },
): Promise<ReadonlyMap<string, string>> {
  const { ctx, content, envelope } = of;
  const ids = new Map<string, string>();
  for (const planned of plan.deliveries) {
    const payload = planned.isWhole
      ? whole
      : await storeContent(tx, await cutContent(content, envelope, { messages: planned.positions }), ctx.now);
    const id = newId();
    ids.set(planned.endpointId, id);
    await tx.insert(deliveries).values(deliveryRow(of, { id, interchangeId, payload }, planned));
  }
  const webhooks = plan.deliveries.filter(({ transport }) => transport !== "mailbox");
  await openQueues(
    tx,
    webhooks.map(({ endpointId }) => endpointId),
  );
  return ids;
}

async function viewOf(tx: Transaction, id: string): Promise<InterchangeView> {
  const rows = await tx.select().from(interchanges).where(eq(interchanges.id, id));
  const [view] = await loadInterchanges(tx, rows);
  if (!view) throw new DomainError("gone", "first-submission-gone");
  return view;
}
