import {
  type Finding,
  type InterchangeEnvelope,
  type MessageEnvelope,
  type Refusal,
  refusalOf,
} from "@sor/edi";

/** The one interchange that was read from a submission, and what was found in it. */
export type SingleEnvelope = { envelope: InterchangeEnvelope; findings: readonly Finding[] };

/**
 * What of a submission goes from one sender to one receiver: it is judged, stored and carried as an interchange of its own. In
 * MedCom XML the parties stand in each message; every other form names them once and is one part.
 */
export type Part = {
  /** The submission's envelope with the messages of this part only; byte ranges count in the whole submission. */
  envelope: InterchangeEnvelope;
  /** Which messages of the submission they are, from 0. */
  positions: readonly number[];
  /** What the findings refuse, by the message's index in this part. */
  refused: ReadonlyMap<number, Refusal>;
  /** Codes of what is notable in it and no hindrance, each once, for both sides to see. */
  warnings: readonly string[];
};

/** Most pairs of parties in one submission: each costs a pass over its bytes. */
export const partsMax = 20;

const partiesOf = ({ sender, receiver }: Pick<MessageEnvelope, "sender" | "receiver">) =>
  JSON.stringify([sender.id, sender.qualifier, receiver.id, receiver.qualifier]);

/** The messages of an envelope by their parties, each by its index; in the order in which they stand. */
export function groupByParties({ messages }: InterchangeEnvelope): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [index, message] of messages.entries()) {
    const key = partiesOf(message);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()];
}

/** The parts of a submission, in the order in which their first messages stand. */
export function partsOf({ envelope, findings }: SingleEnvelope): Part[] {
  const refused = findRefused(findings, envelope.messages);
  const groups = groupByParties(envelope);
  if (groups.length === 1) {
    const positions = envelope.messages.map((_, index) => index);
    return [{ envelope, positions, refused, warnings: warningsOf(findings) }];
  }
  return groups.map((positions) => {
    const messages = positions.flatMap((at) => envelope.messages[at] ?? []);
    const { sender, receiver } = messages[0] as MessageEnvelope;
    const own = positions.flatMap((at, index) => {
      const refusal = refused.get(at);
      return refusal ? [[index, refusal] as const] : [];
    });
    const part = { envelope: { ...envelope, sender, receiver, messages }, positions, refused: new Map(own) };
    return { ...part, warnings: warningsOf(findings, new Set(positions)) };
  });
}

/** The ids of all parties of a submission. */
export const idsOfParties = (parts: readonly Part[]): string[] =>
  parts.flatMap(({ envelope }) => [envelope.sender.id, envelope.receiver.id]);

const warningsMax = 10;

function warningsOf(findings: readonly Finding[], positions?: ReadonlySet<number>): readonly string[] {
  const own = findings.filter(
    ({ severity, at }) =>
      severity === "warning" &&
      (positions === undefined || at.message === undefined || positions.has(at.message - 1)),
  );
  return [...new Set(own.map(({ code }) => code))].slice(0, warningsMax);
}

/** An error that stands where sending looks; what an envelope carries is the receiver's to judge. */
export const isHindrance = ({ severity, at }: Pick<Finding, "severity" | "at">): boolean =>
  severity === "error" && !at.isCarried;

const withoutReference: Refusal = { reason: "SYN", text: "Meddelelsen har ingen reference." };

/**
 * What the findings refuse, by the message's index: everything when the envelope itself is at fault. Messages under one id are
 * refused together, since a receipt that names the id speaks of them all.
 */
export function findRefused(
  findings: readonly Finding[],
  messages: readonly MessageEnvelope[],
): ReadonlyMap<number, Refusal> {
  const errors = findings.filter(isHindrance);
  const named = new Set(errors.map(({ at }) => at.message));
  const whole = named.has(undefined) ? refusalOf(errors) : undefined;
  const refused = new Map<number, Refusal>();
  for (const [index, { reference }] of messages.entries()) {
    const own = named.has(index + 1) ? refusalOf(errors, index + 1) : undefined;
    const found = own?.reason === "SYN" ? own : (whole ?? own);
    if (found) refused.set(index, found);
    else if (reference.trim() === "") refused.set(index, withoutReference);
  }
  return refused.size === 0 ? refused : withThoseOfSameId(refused, messages);
}

function withThoseOfSameId(
  refused: ReadonlyMap<number, Refusal>,
  messages: readonly MessageEnvelope[],
): ReadonlyMap<number, Refusal> {
  const byReference = new Map<string, Refusal>();
  for (const [index, refusal] of refused) {
    const { reference = "" } = messages[index] ?? {};
    if (refusal.reason === "SYN" && !byReference.has(reference)) byReference.set(reference, refusal);
  }
  const all = messages.flatMap(({ reference }, index) => {
    const refusal = refused.get(index) ?? byReference.get(reference);
    return refusal ? [[index, refusal] as const] : [];
  });
  return new Map(all);
}
