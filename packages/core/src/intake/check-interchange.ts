import {
  type Envelope,
  type Finding,
  type InterchangeEnvelope,
  isReceipt,
  type MessageEnvelope,
} from "@sor/edi";
import { type DuplicateCase, decideSubmission, loadSuppliers } from "../acceptance/index.ts";
import type { Context } from "../context.ts";
import type { Content, Happening, InterchangeReport } from "../messages/index.ts";
import {
  findMessages,
  idsOfParties,
  type MessageState,
  nextState,
  type Part,
  partsOf,
  type SingleEnvelope,
  singleOf,
  type Unreadable,
} from "../messages/index.ts";
import { readReceipts } from "../receipts/index.ts";
import {
  asWarning,
  findForbidden,
  forbiddenFindings,
  type JudgedPart,
  judgePart,
  type ReportedFinding,
  toldFindings,
} from "./judge-submission.ts";
import { findSeen, seenOfMessages } from "./seen-references.ts";

const findingsMax = 1000;

type CheckedSubmission = {
  content: Pick<Content, "parts">;
  /** The result of the reading that `acceptInterchange` uses: its findings decide. */
  asSent: Envelope | undefined;
  /** The result of reading with every check: findings that only this has are reported as warnings. */
  read: Envelope | undefined;
};

type ReportedMessage = InterchangeReport["messages"][number];

/**
 * What sending this would result in: the refusal of the whole, or the outcome of each message, by the same decisions as when it
 * is sent. Stores nothing, and does not throw for anything in the bytes.
 */
export async function checkInterchange(ctx: Context, input: CheckedSubmission): Promise<InterchangeReport> {
  const asSent = input.asSent ?? { interchanges: [], findings: [] };
  const single = singleOf(asSent);
  const found = (numbers: readonly number[]) => findingsOf(asSent, input.read, new Set(numbers));
  if ("fault" in single) return unreadableReport(single, asSent, found(allOf(asSent)));
  const parts = partsOf(single);
  const supplierOf = await loadSuppliers(ctx.db, idsOfParties(parts), ctx.now);
  const forbidden = findForbidden(ctx, parts, supplierOf);
  if (forbidden.length > 0) {
    // Ids seen between other parties are not revealed to somebody who may not send for them.
    const named = parts.flatMap((part) =>
      part.envelope.messages.map((message, at) => nameOf(part, message, at)),
    );
    const findings = [...forbiddenFindings(forbidden), ...found(allOf(asSent))];
    return reportOf(single, { fault: "sender-not-allowed", messages: named.map(unjudged), findings });
  }
  const judged = await judgeParts(ctx, { ...single, content: input.content, parts });
  const messages = judged.flatMap(messagesOf);
  const isReused = messages.some(({ duplicate }) => duplicate === "envelope-reused");
  if (isReused)
    return reportOf(single, { fault: "envelope-reused", messages, findings: found(allOf(asSent)) });
  const fresh = messages.flatMap(({ position, duplicate }) => (duplicate === "new" ? position : []));
  return reportOf(single, { fault: null, messages, findings: found(fresh) });
}

/** The numbers of all messages that were read. */
const allOf = ({ interchanges }: Envelope): number[] =>
  (interchanges[0]?.messages ?? [null]).map((_, index) => index + 1);

// Findings of checks that acceptance does not make are warnings.
function findingsOf(
  asSent: Envelope,
  all: Envelope | undefined,
  fresh: ReadonlySet<number>,
): ReportedFinding[] {
  const keyOf = ({ code, at }: Finding) => JSON.stringify([code, at]);
  const known = new Set(asSent.findings.map(keyOf));
  const more = (all?.findings ?? []).filter((entry) => !known.has(keyOf(entry)));
  return [...toldFindings(asSent.findings, fresh, findingsMax), ...more.map(asWarning)];
}

function reportOf(
  { envelope }: SingleEnvelope,
  {
    fault,
    messages,
    findings,
  }: Pick<InterchangeReport, "fault" | "messages"> & { findings: ReportedFinding[] },
): InterchangeReport {
  return {
    isAcceptable: fault === null && messages.every(({ state }) => state !== "rejected" && state !== "dead"),
    fault,
    ...envelopeOf(envelope),
    messages: messages.sort((a, b) => a.position - b.position),
    findings: findings.slice(0, findingsMax),
  };
}

function unreadableReport(
  { fault, secondAt }: Unreadable,
  { interchanges: [first] }: Envelope,
  found: readonly ReportedFinding[],
): InterchangeReport {
  const several = secondAt === undefined ? [] : [severalEnvelopes(secondAt)];
  const known = first && fault !== "several-envelopes" ? envelopeOf(first) : noEnvelope(first);
  return {
    ...{ isAcceptable: false, fault, ...known, messages: [] },
    findings: [...several, ...found].slice(0, findingsMax),
  };
}

const severalEnvelopes = (offset: number): ReportedFinding => ({
  code: "several-envelopes",
  severity: "error",
  at: { interchange: 2, offset },
  textDa: "Her begynder den anden kuvert; send dem en ad gangen.",
  textEn: "Here the second envelope begins; send them one by one.",
});

const noEnvelope = (first: InterchangeEnvelope | undefined) => ({
  ...{ format: first?.form ?? null, sender: null, receiver: null, controlReference: null, isTest: false },
});

const envelopeOf = ({ form, sender, receiver, reference, isTest }: InterchangeEnvelope) => ({
  ...{ format: form, sender: sender.id, receiver: receiver.id, controlReference: reference, isTest },
});

type Judged = JudgedPart & { part: Part };

async function judgeParts(
  ctx: Context,
  of: SingleEnvelope & { content: CheckedSubmission["content"]; parts: readonly Part[] },
): Promise<Judged[]> {
  const seen = await Promise.all(
    of.parts.map(async ({ envelope }) => seenOfMessages(await findSeen(ctx.db, envelope), envelope)),
  );
  const cases = decideSubmission(seen);
  const receipts = await readReceipts(of.content, of.envelope);
  const judged: Judged[] = [];
  for (const [at, part] of of.parts.entries()) {
    const question = { part, cases: cases[at] ?? [], receipts };
    const messagesOf = (ids: readonly string[]) => findMessages(ctx.db, ids);
    judged.push({ part, ...(await judgePart(ctx.db, ctx, { ...question, messagesOf })) });
  }
  return judged;
}

function nameOf({ envelope, positions }: Part, message: MessageEnvelope, index: number) {
  return {
    position: (positions[index] ?? index) + 1,
    reference: message.reference,
    messageType: message.type?.code ?? message.code ?? null,
    version: message.type?.version ?? message.version ?? null,
    sender: envelope.sender.id,
    receiver: envelope.receiver.id,
    isReceipt: isReceipt(message),
  };
}

const unjudged = (name: ReturnType<typeof nameOf>): ReportedMessage => ({
  ...{ ...name, duplicate: null, state: null, reason: null, isBroken: false, route: null },
});

function messagesOf({ part, cases, plan, route }: Judged): ReportedMessage[] {
  const planned = new Map(plan.messages.map((message) => [message.position, message]));
  return part.envelope.messages.map((message, index) => {
    const { happenings = [], reason = null } = planned.get(index) ?? {};
    const way = route(message);
    return {
      ...nameOf(part, message, index),
      duplicate: cases[index] ?? ("new" satisfies DuplicateCase),
      state: stateAfter(happenings),
      reason,
      isBroken: part.refused.get(index)?.reason === "SYN",
      route: way.found ? { found: true, transport: way.transport, isPaused: way.isPaused } : way,
    };
  });
}

const stateAfter = (happenings: readonly Happening[]): MessageState | null =>
  happenings.reduce<MessageState | null>((state, { event }) => nextState(state, event) ?? state, null);
