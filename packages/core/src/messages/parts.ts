import {
  type Finding,
  type InterchangeEnvelope,
  type MessageEnvelope,
  type Refusal,
  refusalOf,
} from "@sor/edi";

/** The one interchange that was read from a submission, and its findings. */
export type SingleEnvelope = { envelope: InterchangeEnvelope; findings: readonly Finding[] };

/**
 * The messages of a submission from one sender to one receiver: they are judged, stored and carried as an interchange of its own.
 * In MedCom XML the parties are named in each message; every other form names them once, so the submission is one part.
 */
export type Part = {
  /** The submission's envelope with the messages of this part only; byte ranges refer to the whole submission. */
  envelope: InterchangeEnvelope;
  /** Positions of these messages in the submission, from 0. */
  positions: readonly number[];
  /** Messages that the findings refuse, by index in this part. */
  refused: ReadonlyMap<number, Refusal>;
  /** Codes of warnings, without duplicates, for both sides to see. */
  warnings: readonly string[];
};

/** Maximum number of pairs of parties in one submission: each takes a pass over its bytes. */
export const partsMax = 20;

const partiesOf = ({ sender, receiver }: Pick<MessageEnvelope, "sender" | "receiver">) =>
  JSON.stringify([sender.id, sender.qualifier, receiver.id, receiver.qualifier]);

/** The indexes of an envelope's messages grouped by their parties, in document order. */
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

/** The parts of a submission, in the order of their first messages. */
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

/** Whether a finding is an error that refuses a message; errors in carried content are for the receiver to judge. */
export const isHindrance = ({ severity, at }: Pick<Finding, "severity" | "at">): boolean =>
  severity === "error" && !at.isCarried;

const withoutReference: Refusal = { reason: "SYN", text: "Meddelelsen har ingen reference." };

/**
 * Messages that the findings refuse, by index: all of them when the envelope itself has an error. Messages with the same id are
 * refused together, since a receipt that names the id applies to all of them.
 */
function findRefused(
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
