import type { Envelope, Finding, InterchangeEnvelope } from "@sor/edi";
import { refusalOf } from "@sor/edi";
import { eq, inArray } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Submission } from "./accept-together.ts";
import { acceptTogether } from "./accept-together.ts";
import { deliveryRow, interchangeRow, messageDrafts, type StoredPayload } from "./acceptance-rows.ts";
import { acknowledgeAgain } from "./acknowledge-again.ts";
import { introduce } from "./advance.ts";
import { type Content, contentOf } from "./content.ts";
import { correlateReceipts, settleReceipts } from "./correlate-receipts.ts";
import { cutContent } from "./cut-content.ts";
import { type DuplicateCase, decideDuplicates } from "./duplicates.ts";
import { loadParties, loadReceivedTypes, routeMessage } from "./find-routes.ts";
import { findEarlierAnswer, keepAnswer } from "./idempotency.ts";
import { patientRowsOf, rememberPatients } from "./patients.ts";
import { nameOf, storeContent } from "./payloads.ts";
import { type AcceptancePlan, planAcceptance } from "./plan-acceptance.ts";
import { interchangeView, loadInterchanges } from "./read-interchanges.ts";
import { summaryOf } from "./read-messages.ts";
import { readSingleEnvelope, requireSingle } from "./read-single-envelope.ts";
import { refusalOfReason, sendRefusal } from "./receipts.ts";
import type { AcceptedInterchange, InterchangeView } from "./schemas.ts";
import { rememberCarried } from "./seen-carried.ts";
import { envelopeKey, rememberReferences, type Seen } from "./seen-references.ts";
import { openQueues } from "./send-own.ts";
import { deliveries, interchanges, messages } from "./tables.ts";

export type Acceptance = {
  interchange: AcceptedInterchange;
  isReplay: boolean;
  /** Whether workers may have something to send now; a mailbox waits to be asked. */
  hasWork: boolean;
  /** Types of the receipts that were sent once more, for letters that were seen before. */
  repeatedReceipts: readonly string[];
};

type Facts = Awaited<ReturnType<typeof loadParties>>;
type Intake = {
  ctx: Context;
  content: Content;
  submission: Pick<Submission, "idempotencyKey" | "gatewayParty">;
  envelope: InterchangeEnvelope;
  findings: readonly Finding[];
  facts: Facts;
};

/**
 * Takes in a delivery: bytes, envelope, messages and first events are committed when this resolves. Throws `invalid` when
 * no sender can be told, `not-allowed` when the actor may not send for it, `conflict` when an envelope id is used again.
 */
export async function acceptInterchange(ctx: Context, submission: Submission): Promise<Acceptance> {
  const { envelope, findings } = readSingleEnvelope(submission.bytes);
  const together = await acceptTogether({ ctx, submission, envelope, findings });
  if (together) return { ...together, isReplay: false, repeatedReceipts: [] };
  return await acceptAlone(ctx, submission, { envelope, findings, content: contentOf(submission.bytes) });
}

/** A delivery too large to be held in memory: its content is kept elsewhere, and its envelope was read as it came. */
export type LargeSubmission = Omit<Submission, "bytes"> & {
  content: Content;
  /** Undefined where nothing was read: no envelope. */
  read: Envelope | undefined;
};

/** Takes in a large delivery, as `acceptInterchange` does a small one. */
export async function acceptLarge(ctx: Context, submission: LargeSubmission): Promise<Acceptance> {
  const { content, read } = submission;
  return await acceptAlone(ctx, submission, {
    ...requireSingle(read ?? { interchanges: [], findings: [] }),
    content,
  });
}

async function acceptAlone(
  ctx: Context,
  submission: Intake["submission"],
  { envelope, findings, content }: Pick<Intake, "envelope" | "findings" | "content">,
): Promise<Acceptance> {
  const sender = envelope.sender.id;
  let facts: Facts = () => ({ status: undefined, supplierId: null });
  const subject = async (tx: Transaction) => {
    facts = await loadParties(tx, [sender, envelope.receiver.id], ctx.now);
    const supplierId = facts(sender).supplierId ?? undefined;
    return { type: "interchange" as const, id: envelope.reference, glns: [sender], supplierId };
  };
  return await change<Acceptance>(ctx, { action: "interchange.send", subject }, async (tx) => {
    const { idempotencyKey: key } = submission;
    const request = key === undefined ? undefined : { key, payloadName: nameOf(content) };
    const earlier = request && (await findEarlierAnswer(tx, ctx.actor, request));
    if (earlier) {
      const replayed = { interchange: earlier, isReplay: true, hasWork: false, repeatedReceipts: [] };
      return { result: replayed, entries: [] };
    }
    const { interchange, repeatedReceipts } = await takeIn(tx, {
      ctx,
      submission,
      content,
      envelope,
      findings,
      facts,
    });
    if (request) await keepAnswer(tx, ctx.actor, request, interchange, ctx.now);
    return { result: { interchange, isReplay: false, hasWork: true, repeatedReceipts }, entries: [] };
  });
}

type TakenIn = { interchange: AcceptedInterchange; repeatedReceipts: readonly string[] };

async function takeIn(tx: Transaction, intake: Intake): Promise<TakenIn> {
  const { ctx, envelope, findings } = intake;
  const id = newId();
  const messageIds = envelope.messages.map(() => newId());
  const seen = await rememberReferences(
    tx,
    { sender: envelope.sender.id, receiver: envelope.receiver.id },
    {
      interchangeId: id,
      envelope: envelopeKey(envelope),
      messages: envelope.messages.map(({ reference, code }, index) => ({
        reference,
        letter: code ?? "",
        messageId: messageIds[index] as string,
      })),
    },
    ctx.now,
  );
  const cases = decideDuplicates(
    seen.envelope ? "seen" : "new",
    envelope.messages.map(({ reference }) => {
      if (seen.messages.has(reference)) return "seen";
      return seen.otherLetters.has(reference) ? "other-letter" : "new";
    }),
  );
  if (seen.envelope && !cases.includes("duplicate") && !cases.includes("new")) {
    throw new DomainError("conflict", "The envelope id has been used for another delivery.", {
      fault: "envelope-reused",
    });
  }
  const notes = findings.filter((entry) => entry.severity !== "error").slice(0, 100);
  const [firstSeen] = seen.messages.values();
  if (firstSeen && cases.includes("duplicate")) {
    const repeatedReceipts = await answerSeen(tx, intake, seen, cases);
    const first = await viewOf(tx, firstSeen.interchangeId, {
      duplicate: "duplicate",
      notes: [...notes],
    });
    const contentDiffers = first.sha256 !== intake.content.sha256;
    return { interchange: { ...first, contentDiffers }, repeatedReceipts };
  }
  const view = await storeNew(tx, intake, { id, messageIds, cases });
  const repeatedReceipts = await answerSeen(tx, intake, seen, cases);
  if (!cases.includes("receipt-lost"))
    return { interchange: { ...view, notes: [...notes] }, repeatedReceipts };
  const ids = [...seen.messages.values()].map(({ messageId }) => messageId);
  const firsts = await tx.select().from(messages).where(inArray(messages.id, ids)).orderBy(messages.id);
  const list = [...view.messages, ...firsts.map(summaryOf)];
  const interchange = { ...view, messages: list, duplicate: "receipt-lost" as const, notes: [...notes] };
  return { interchange, repeatedReceipts };
}

async function answerSeen(
  tx: Transaction,
  { ctx, envelope }: Intake,
  seen: Seen,
  cases: readonly DuplicateCase[],
): Promise<readonly string[]> {
  const repeated = envelope.messages.flatMap(({ reference }, index) => {
    const first = seen.messages.get(reference);
    const kind = cases[index];
    return first && (kind === "duplicate" || kind === "receipt-lost") ? [{ ...first, kind }] : [];
  });
  return repeated.length > 0 ? await acknowledgeAgain(tx, ctx, repeated) : [];
}

type NewInterchange = { id: string; messageIds: readonly string[]; cases: readonly DuplicateCase[] };

async function storeNew(tx: Transaction, intake: Intake, made: NewInterchange): Promise<InterchangeView> {
  const { ctx, content, envelope, submission, facts } = intake;
  const receiver = {
    party: envelope.receiver,
    facts: facts(envelope.receiver.id),
    receives: await loadReceivedTypes(tx, envelope.receiver.id, ctx.now),
  };
  const correlations = await correlateReceipts(tx, {
    content,
    envelope,
    cases: made.cases,
    actor: ctx.actor,
  });
  const plan = planAcceptance({
    envelope,
    findings: intake.findings,
    cases: made.cases,
    route: (message) => routeMessage(message, receiver),
    contradicting: new Set(
      correlations.filter(({ contradicts }) => contradicts).map(({ position }) => position),
    ),
  });
  const sides = {
    senderSupplierId: facts(envelope.sender.id).supplierId,
    receiverSupplierId: facts(envelope.receiver.id).supplierId,
  };
  const payload = await storeContent(tx, content, ctx.now);
  const interchange = interchangeRow(intake, made.id, sides, payload);
  await tx.insert(interchanges).values(interchange);
  const deliveryIds = await storeDeliveries(tx, intake, made.id, plan, payload);
  const drafts = messageDrafts(intake, { ...made, sides }, plan.messages, { deliveryIds, correlations });
  const rows = await introduce(tx, ctx, drafts);
  const [messageId] = made.messageIds;
  if (envelope.carried?.inside && messageId)
    await rememberCarried(tx, envelope, { interchangeId: made.id, messageId }, ctx.now);
  await rememberPatients(
    tx,
    await patientRowsOf(content, envelope, (at) => rows.find(({ position }) => position === at + 1)?.id),
  );
  await settleReceipts(tx, ctx, correlations, made.messageIds);
  await sendRefusal(tx, ctx, {
    originId: made.id,
    envelope,
    senderSupplierId: sides.senderSupplierId,
    gatewayParty: submission.gatewayParty,
    refusals: plan.refusals.map(({ position, reason }) => ({
      index: position,
      messageId: made.messageIds[position] as string,
      refusal: refusalOfReason(
        reason,
        refusalOf(intake.findings, position + 1) ?? refusalOf(intake.findings),
      ),
    })),
  });
  return interchangeView(interchange, rows.map(summaryOf));
}

async function storeDeliveries(
  tx: Transaction,
  intake: Intake,
  interchangeId: string,
  plan: AcceptancePlan,
  whole: StoredPayload,
): Promise<ReadonlyMap<string, string>> {
  const { ctx, content, envelope } = intake;
  const ids = new Map<string, string>();
  for (const planned of plan.deliveries) {
    const payload = planned.isWhole
      ? whole
      : await storeContent(tx, await cutContent(content, envelope, { messages: planned.positions }), ctx.now);
    const id = newId();
    ids.set(planned.endpointId, id);
    await tx.insert(deliveries).values(deliveryRow(intake, { id, interchangeId, payload }, planned));
  }
  const webhooks = plan.deliveries.filter(({ transport }) => transport !== "mailbox");
  await openQueues(
    tx,
    webhooks.map(({ endpointId }) => endpointId),
  );
  return ids;
}

async function viewOf(
  tx: Transaction,
  id: string,
  more: Pick<AcceptedInterchange, "duplicate" | "notes">,
): Promise<AcceptedInterchange> {
  const rows = await tx.select().from(interchanges).where(eq(interchanges.id, id));
  const [view] = await loadInterchanges(tx, rows);
  if (!view) throw new DomainError("gone", "The first delivery is no longer kept.");
  return { ...view, ...more };
}
