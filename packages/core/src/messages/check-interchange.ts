import {
  type Envelope,
  type Finding,
  type InterchangeEnvelope,
  isReceipt,
  type MessageEnvelope,
} from "@sor/edi";
import type { Context } from "../context.ts";
import type { Happening } from "./advance.ts";
import type { Content } from "./content.ts";
import { type DuplicateCase, decideSubmission } from "./duplicates.ts";
import { loadParties } from "./find-routes.ts";
import {
  asWarning,
  type Facts,
  findForbidden,
  forbiddenFindings,
  type JudgedPart,
  judgePart,
  notesOf,
  type ReportedFinding,
} from "./judge-submission.ts";
import { findLetters } from "./lock-letters.ts";
import { idsOfParties, isHindrance, type Part, partsOf } from "./parts.ts";
import { readReceipts } from "./read-receipts.ts";
import { type SingleEnvelope, singleOf, type Unreadable } from "./read-single-envelope.ts";
import type { InterchangeReport } from "./schemas.ts";
import { findSeen, seenOfMessages } from "./seen-references.ts";
import { type MessageState, nextState } from "./states.ts";

const findingsMax = 1000;

export type CheckedSubmission = {
  content: Pick<Content, "parts">;
  /** As it is read when it is sent: what this finds decides. */
  asSent: Envelope | undefined;
  /** The same read with every check: what only this finds is told as a warning. */
  read: Envelope | undefined;
};

type ReportedMessage = InterchangeReport["messages"][number];

/**
 * What sending this would come to: the refusal of the whole, or what would become of each message, by the same decisions as
 * when it is sent. Stores nothing, and never throws for what is in the bytes.
 */
export async function checkInterchange(ctx: Context, input: CheckedSubmission): Promise<InterchangeReport> {
  const asSent = input.asSent ?? { interchanges: [], findings: [] };
  const found = findingsOf(asSent.findings, input.read?.findings ?? []);
  const single = singleOf(asSent);
  if ("fault" in single) return unreadableReport(single, asSent, found);
  const parts = partsOf(single);
  const facts = await loadParties(ctx.db, idsOfParties(parts), ctx.now);
  const forbidden = findForbidden(ctx, parts, facts);
  const report = (
    fault: InterchangeReport["fault"],
    messages: ReportedMessage[],
    findings: readonly ReportedFinding[] = found,
  ): InterchangeReport => ({
    isAcceptable: fault === null && messages.every(({ state }) => state !== "rejected" && state !== "dead"),
    fault,
    ...envelopeOf(single.envelope),
    messages: messages.sort((a, b) => a.position - b.position),
    findings: [...forbiddenFindings(forbidden), ...findings].slice(0, findingsMax),
  });
  if (forbidden.length > 0) {
    // What has been sent between others is not told to who may not send for them.
    const named = parts.map((part) => part.envelope.messages.map((message, at) => nameOf(part, message, at)));
    return report("sender-not-allowed", named.flat().map(unjudged));
  }
  const judged = await judgeParts(ctx, { ...single, content: input.content, parts, facts });
  const messages = judged.flatMap(messagesOf);
  if (messages.some(({ duplicate }) => duplicate === "envelope-reused"))
    return report("envelope-reused", messages);
  const told = found.map((entry) => (isIgnored(entry, messages) ? asWarning(entry) : entry));
  return report(null, messages, told);
}

/** What is wrong with messages that came before hinders nothing: their content is not looked at again. */
function isIgnored({ at }: ReportedFinding, messages: readonly ReportedMessage[]): boolean {
  const concerned = messages.filter(({ position }) => at.message === undefined || position === at.message);
  return concerned.every(({ duplicate }) => duplicate !== "new");
}

// What sending looks at keeps its severity, but for what an envelope carries, which is the receiver's to judge.
function findingsOf(asSent: readonly Finding[], all: readonly Finding[]): ReportedFinding[] {
  const keyOf = ({ code, at }: Finding) => JSON.stringify([code, at]);
  const known = new Set(asSent.map(keyOf));
  const more = all.filter((entry) => !known.has(keyOf(entry)));
  return [...asSent.filter(isHindrance), ...notesOf(asSent, findingsMax), ...more.map(asWarning)];
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
  ...{ format: first?.form ?? null, sender: null, receiver: null, controlReference: null },
});

const envelopeOf = ({ form, sender, receiver, reference }: InterchangeEnvelope) => ({
  ...{ format: form, sender: sender.id, receiver: receiver.id, controlReference: reference },
});

type Judged = JudgedPart & { part: Part };

async function judgeParts(
  ctx: Context,
  of: SingleEnvelope & { content: CheckedSubmission["content"]; parts: readonly Part[]; facts: Facts },
): Promise<Judged[]> {
  const seen = await Promise.all(
    of.parts.map(async ({ envelope }) => seenOfMessages(await findSeen(ctx.db, envelope), envelope)),
  );
  const cases = decideSubmission(seen);
  const receipts = await readReceipts(of.content, of.envelope);
  const judged: Judged[] = [];
  for (const [at, part] of of.parts.entries()) {
    const question = { part, facts: of.facts, cases: cases[at] ?? [], receipts };
    const lettersOf = (ids: readonly string[]) => findLetters(ctx.db, ids);
    judged.push({ part, ...(await judgePart(ctx.db, ctx, { ...question, lettersOf })) });
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
