import type { InterchangeEnvelope } from "@sor/edi";
import { and, eq, inArray, or } from "drizzle-orm";
import { loadReceivers, loadSuppliers, planAcceptance, type SupplierOf } from "../acceptance/index.ts";
import { patientRows } from "../content/index.ts";
import type { Context } from "../context.ts";
import { type ExecuteNamed, newId, type Transaction } from "../database/index.ts";
import type { AcceptedInterchange } from "../messages/index.ts";
import { interchangeView, introduction, payloadRows, summaryOf } from "../messages/index.ts";
import { deliveries, interchanges, messageEvents, messages, seenReferences } from "../messages/tables.ts";
import { openQueues } from "../own-receipts/index.ts";
import type { Subject } from "../permissions/index.ts";
import { answerRow, findNamedBefore } from "../requests/index.ts";
import { idempotencyKeys } from "../requests/tables.ts";
import { messagePatients } from "../vault/tables.ts";
import { deliveryRow, interchangeRow, messageDrafts } from "./acceptance-rows.ts";
import { insertTogether, rowsOf } from "./insert-batch.ts";
import { senderSubject, toldFindings } from "./judge-submission.ts";
import { envelopeKey } from "./seen-references.ts";
import type { BatchMember } from "./submission.ts";

type TakenIn = ReturnType<typeof rowsOfBatchMember> & object;

/** The steps that store a batch of submissions. The register is read in the transaction that stores them. */
export function takeInTogether(members: readonly BatchMember[]) {
  let supplierOf: SupplierOf = () => null;
  const latest = new Date(Math.max(...members.map(({ ctx }) => ctx.now.getTime())));
  return {
    subjects: async (tx: Transaction) => {
      const ids = members.flatMap(({ part: { envelope } }) => [envelope.sender.id, envelope.receiver.id]);
      supplierOf = await loadSuppliers(tx, ids, latest);
      return ({ part }: BatchMember): Subject => senderSubject(supplierOf, part.envelope);
    },
    write: async (tx: Transaction, allowed: readonly BatchMember[], execute: ExecuteNamed) => {
      const fresh = await withoutSeen(tx, allowed);
      const receivers = fresh.map(({ part }) => part.envelope.receiver.id);
      const routeOf = await loadReceivers(tx, receivers, latest);
      const taken = fresh.flatMap((member) => {
        const { receiver } = member.part.envelope;
        const rows = rowsOfBatchMember(member, supplierOf, (message) => routeOf(receiver, message));
        return rows ? [{ member, rows }] : [];
      });
      if (taken.length === 0) return;
      const rows = taken.map((one) => one.rows);
      await storeRows(execute, rows);
      await openQueues(tx, webhooksOf(rows));
      for (const { member, rows } of taken) {
        const hasWork = rows.delivery.transport !== "mailbox";
        member.accepted = { interchange: rows.accepted, hasWork };
      }
    },
  };
}

async function withoutSeen(tx: Transaction, list: readonly BatchMember[]): Promise<BatchMember[]> {
  if (list.length === 0) return [];
  const named = await findNamedBefore(
    tx,
    list.flatMap(({ ctx, submission: { idempotencyKey: key } }) =>
      key === undefined ? [] : [{ actor: ctx.actor, key }],
    ),
  );
  const references = list.flatMap(({ part: { envelope } }) => [
    envelopeKey(envelope),
    ...envelope.messages.map(({ reference }) => reference),
  ]);
  const { sender, receiver, reference, kind } = seenReferences;
  const between = Map.groupBy(
    list,
    ({ part: { envelope } }) => `${envelope.sender.id} ${envelope.receiver.id}`,
  );
  const found = await tx
    .select({ sender, receiver, reference, kind })
    .from(seenReferences)
    .where(
      and(
        or(
          ...[...between.values()].map(
            ([
              {
                part: { envelope },
              } = list[0] as BatchMember,
            ]) => and(eq(sender, envelope.sender.id), eq(receiver, envelope.receiver.id)),
          ),
        ),
        inArray(reference, references),
      ),
    );
  const idOf = (...parts: string[]) => JSON.stringify(parts);
  const seen = new Set(found.map((row) => idOf(row.sender, row.receiver, row.kind, row.reference)));
  return list.filter(({ ctx, submission, part: { envelope } }) => {
    const is = (what: string, id: string) =>
      seen.has(idOf(envelope.sender.id, envelope.receiver.id, what, id));
    if (is("envelope", envelopeKey(envelope))) return false;
    if (envelope.messages.some((message) => is("message", message.reference))) return false;
    return submission.idempotencyKey === undefined || !named(ctx.actor, submission.idempotencyKey);
  });
}

function rowsOfBatchMember(
  member: BatchMember,
  supplierOf: SupplierOf,
  route: Parameters<typeof planAcceptance>[0]["route"],
) {
  const { ctx, submission, part, findings } = member;
  const { envelope } = part;
  const { idempotencyKey: key } = submission;
  const cases = envelope.messages.map(() => "new" as const);
  const plan = planAcceptance({ part, cases, route, contradicting: new Set() });
  const [planned] = plan.deliveries;
  // What is refused, or split between several endpoints, is stored alone.
  if (!planned?.isWhole || plan.refusals.length > 0) return undefined;
  const [id, deliveryId] = [newId(), newId()];
  const messageIds = envelope.messages.map(() => newId());
  const [payload, ...parts] = payloadRows(submission.bytes, ctx.now);
  if (!payload || parts.length > 0) return undefined;
  const sides = {
    senderSupplierId: supplierOf(envelope.sender.id),
    receiverSupplierId: supplierOf(envelope.receiver.id),
  };
  const taken = { ctx, envelope };
  const interchange = interchangeRow(taken, id, sides, payload);
  const more = { deliveryIds: new Map([[planned.endpointId, deliveryId]]), correlations: [] };
  const drafts = messageDrafts(taken, { id, messageIds, sides }, plan.messages, more);
  const { rows, events } = introduction(ctx, drafts);
  const view = interchangeView(interchange, rows.map(summaryOf));
  const allFresh = new Set(envelope.messages.map((_, index) => index + 1));
  const accepted: AcceptedInterchange = { ...view, notes: toldFindings(findings, allFresh) };
  return {
    interchange,
    delivery: deliveryRow(taken, { id: deliveryId, interchangeId: id, payload }, planned),
    messages: rows,
    events,
    seen: seenRows(taken, id, messageIds),
    answer:
      key === undefined
        ? undefined
        : answerRow(ctx.actor, { key, payloadName: payload.sha256 }, accepted, ctx.now),
    patients: patientRows(submission.bytes, envelope, (at) => messageIds[at]),
    payload,
    accepted,
  };
}

function seenRows(
  { ctx, envelope }: { ctx: Context; envelope: InterchangeEnvelope },
  interchangeId: string,
  messageIds: readonly string[],
): (typeof seenReferences.$inferInsert)[] {
  const common = {
    sender: envelope.sender.id,
    receiver: envelope.receiver.id,
    interchangeId,
    seenAt: ctx.now,
  };
  return [
    { kind: "envelope", reference: envelopeKey(envelope), scope: "", messageId: null, ...common },
    ...envelope.messages.map(({ reference, code }, index) => {
      const messageId = messageIds[index] as string;
      return { kind: "message" as const, reference, scope: code ?? "", messageId, ...common };
    }),
  ];
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const webhooksOf = (taken: readonly TakenIn[]) =>
  taken.flatMap(({ delivery }) =>
    delivery.transport !== "mailbox" && delivery.endpointId ? [delivery.endpointId] : [],
  );

// Lock rows in a fixed order to avoid deadlocks.
async function storeRows(execute: ExecuteNamed, taken: readonly TakenIn[]): Promise<void> {
  const seen = taken
    .flatMap((rows) => rows.seen)
    .sort(
      (a, b) =>
        compare(a.sender, b.sender) ||
        compare(a.receiver, b.receiver) ||
        compare(a.kind, b.kind) ||
        compare(a.reference, b.reference),
    );
  await insertTogether(
    execute,
    [
      rowsOf(seenReferences, seen),
      rowsOf(
        idempotencyKeys,
        taken.flatMap(({ answer }) => answer ?? []),
      ),
      rowsOf(
        interchanges,
        taken.map(({ interchange }) => interchange),
      ),
      rowsOf(
        deliveries,
        taken.map(({ delivery }) => delivery),
      ),
      rowsOf(
        messages,
        taken.flatMap((rows) => rows.messages),
      ),
      rowsOf(
        messageEvents,
        taken.flatMap((rows) => rows.events),
      ),
      rowsOf(
        messagePatients,
        taken.flatMap((rows) => rows.patients),
      ),
    ],
    taken.map(({ payload }) => payload).sort((a, b) => compare(a.sha256, b.sha256)),
  );
}
