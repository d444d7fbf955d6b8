import type { ByteRange, InterchangeEnvelope, MessageEnvelope, Party } from "../envelope.ts";
import { type Finding, isSound } from "../findings.ts";
import type { Segment } from "./segment.ts";
import { partyComponents, writeInterchange } from "./write.ts";

/** The interchange that a UN CONTRL answers, the findings, and the CONTRL's own envelope. */
export type UnContrlValues = {
  readonly subject: InterchangeEnvelope;
  /** All findings of the input; only errors of this interchange count. */
  readonly findings: readonly Finding[];
  /** Number of the interchange in the input, from 1. */
  readonly interchange?: number;
  readonly sender?: Party;
  readonly reference: string;
  readonly messageReference: string;
  readonly preparedAt: string;
};

const rejected = "4";
const acknowledged = "7";
const unspecified = 18;
const aboutTrailer = new Set(["count-segments", "reference-message", "unt-missing"]);

/**
 * Builds the UN's CONTRL (D:3:UN for syntax 1 to 3, 4:1:UN for syntax 4) from the findings; undefined if the subject is itself a
 * CONTRL.
 */
export function buildUnContrl(values: UnContrlValues): Uint8Array | undefined {
  const { subject } = values;
  if (subject.messages.length > 0 && subject.messages.every((message) => message.unhType === "CONTRL"))
    return undefined;
  const isVersion4 = (subject.edifact?.syntaxVersion ?? 3) >= 4;
  return writeInterchange({
    header: {
      syntax: { id: "UNOC", version: isVersion4 ? 4 : 3 },
      sender: values.sender ?? subject.receiver,
      receiver: subject.sender,
      preparedAt: values.preparedAt,
      reference: values.reference,
    },
    messages: [
      {
        header: {
          reference: values.messageReference,
          identifier: isVersion4 ? ["CONTRL", "4", "1", "UN"] : ["CONTRL", "D", "3", "UN"],
        },
        segments: answer(subject, ownErrors(values)),
      },
    ],
  });
}

function ownErrors({ findings, interchange = 1 }: UnContrlValues): Finding[] {
  return findings.filter((entry) => entry.severity === "error" && entry.at.interchange === interchange);
}

function answer(subject: InterchangeEnvelope, errors: readonly Finding[]): Segment[] {
  const ofInterchange = errors.filter(
    (entry) => entry.at.message === undefined && groupOf(subject, entry) < 0,
  );
  const action = isSound(ofInterchange) ? acknowledged : rejected;
  const uci: Segment = {
    tag: "UCI",
    elements: trimmed([
      [subject.reference],
      partyComponents(subject.sender),
      partyComponents(subject.receiver),
      [action],
      ...errorPlace(ofInterchange[0], (entry) => interchangeSegment(subject, entry)),
    ]),
  };
  // Action 4 rejects all lower levels too, so nothing below is listed.
  if (action === rejected) return [uci];
  if ((subject.edifact?.groups.length ?? 0) > 0) return [uci, ...groupAnswers(subject, errors)];
  return [uci, ...subject.messages.flatMap((message, at) => messageAnswer(message, at + 1, errors))];
}

function groupOf(subject: InterchangeEnvelope, { at }: Finding): number {
  const groups = subject.edifact?.groups ?? [];
  const isIn = (range: ByteRange | undefined) =>
    range !== undefined && at.offset >= range.start && at.offset < range.end;
  return groups.findIndex((group) => isIn(group.header) || isIn(group.trailer));
}

function groupAnswers(subject: InterchangeEnvelope, errors: readonly Finding[]): Segment[] {
  return (subject.edifact?.groups ?? []).flatMap((group, index) => {
    const own = errors.filter((entry) => entry.at.message === undefined && groupOf(subject, entry) === index);
    const below = subject.messages.flatMap((message, at) =>
      message.group === index ? messageAnswer(message, at + 1, errors) : [],
    );
    if (own.length === 0 && below.length === 0) return [];
    const isInTrailer = (entry: Finding) =>
      group.trailer !== undefined && entry.at.offset >= group.trailer.start;
    const elements = trimmed([
      [group.reference],
      partyComponents(group.sender),
      partyComponents(group.receiver),
      [own.length > 0 ? rejected : acknowledged],
      ...errorPlace(own[0], (entry) => (isInTrailer(entry) ? "UNE" : "UNG")),
    ]);
    return [{ tag: "UCF", elements }, ...(own.length > 0 ? [] : below)];
  });
}

function messageAnswer(message: MessageEnvelope, number: number, errors: readonly Finding[]): Segment[] {
  const own = errors.filter((entry) => entry.at.message === number);
  if (own.length === 0) return [];
  const isService = (entry: Finding) => entry.at.segment === 1 || aboutTrailer.has(entry.code);
  const elements = trimmed([
    [message.reference],
    [...(message.identifier ?? [])],
    [rejected],
    ...errorPlace(own.find(isService), (entry) => (aboutTrailer.has(entry.code) ? "UNT" : "UNH")),
  ]);
  return [{ tag: "UCM", elements }, ...segmentAnswers(own.filter((entry) => !isService(entry)))];
}

function segmentAnswers(errors: readonly Finding[]): Segment[] {
  const bySegment = Map.groupBy(errors, (entry) => entry.at.segment ?? 1);
  return [...bySegment].flatMap(([number, entries]) => {
    const whole = entries.find((entry) => entry.at.element === undefined);
    const ucs: Segment = { tag: "UCS", elements: trimmed([[String(number)], whole ? [code(whole)] : []]) };
    const ucd = entries.flatMap((entry) =>
      entry.at.element === undefined ? [] : [{ tag: "UCD", elements: [[code(entry)], position(entry)] }],
    );
    return [ucs, ...ucd];
  });
}

const code = (entry: Finding) => String(entry.iso ?? unspecified);

// S011: the tag counts as the first element.
function position({ at }: Finding): string[] {
  const element = String((at.element ?? 0) + 1);
  return at.component === undefined ? [element] : [element, String(at.component)];
}

/** Elements 0085, 0013 and S011 for the first error of a level, none if it has none. */
function errorPlace(entry: Finding | undefined, segment: (entry: Finding) => string): string[][] {
  if (!entry) return [];
  return [[code(entry)], [segment(entry)], entry.at.element === undefined ? [] : position(entry)];
}

function interchangeSegment({ edifact, range }: InterchangeEnvelope, { at }: Finding): string {
  if (!edifact) return "UNB";
  if (at.offset < edifact.header.start && range.start < edifact.header.start) return "UNA";
  return at.offset >= (edifact.trailer?.start ?? range.end) ? "UNZ" : "UNB";
}

function trimmed(elements: string[][]): string[][] {
  const last = elements.findLastIndex((components) => components.some((value) => value !== ""));
  return elements.slice(0, last + 1);
}
