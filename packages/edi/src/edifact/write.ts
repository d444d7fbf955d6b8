import { charsetOf, encode } from "../charset.ts";
import type { Party } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import { type Finding, finding } from "../findings.ts";
import { tagNumber } from "./bytes.ts";
import { elementValue, type Segment, type SegmentSource } from "./segment.ts";
import { areUsable, defaultSeparators, type Separators } from "./separators.ts";

/** UNB by named values. */
export type HeaderValues = {
  /** Syntax identifier and version; UNOC 3 by default. */
  readonly syntax?: { readonly id: string; readonly version: number };
  readonly sender: Party;
  readonly receiver: Party;
  /** Local time, ISO 8601 (2026-11-22T09:30). */
  readonly preparedAt: string;
  readonly reference: string;
  /** Data element 0031: "1" requests a positive receipt too, "0" negative ones only. */
  readonly acknowledgementRequest?: "0" | "1" | "2";
  readonly isTest?: boolean;
};

/** UNH by named values. */
export type MessageHeaderValues = {
  readonly reference: string;
  /** S009: type, version, release, agency, association code (MEDDIS, D, 93A, UN, D0134L). */
  readonly identifier: readonly string[];
  /** MedCom message type (DIS01). */
  readonly code?: string;
};

export type MessageValues = {
  readonly header: Segment | MessageHeaderValues;
  readonly segments: readonly Segment[];
  /** As read; its counts keep their notation if they are right. */
  readonly trailer?: Segment;
};

export type GroupValues = {
  readonly header: Segment;
  readonly messages: readonly MessageValues[];
  readonly trailer?: Segment;
};

/** An interchange to write: its header, and either messages or groups of messages. */
export type InterchangeValues = {
  readonly header: Segment | HeaderValues;
  readonly messages: readonly MessageValues[];
  readonly groups?: readonly GroupValues[];
  readonly trailer?: Segment;
  readonly separators?: Separators;
  /** Whether to begin with UNA; true by default. */
  readonly withUna?: boolean;
  /** Written after every segment; nothing by default. */
  readonly lineBreak?: string;
  /** What precedes UNA, and what is between UNA and UNB. */
  readonly before?: string;
  readonly afterUna?: string;
};

/** Why and where values cannot be written; does not quote any of them. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly finding: Finding;
  constructor(code: FindingCode, segment: number, element = 0) {
    const found = finding(code, { interchange: 1, segment, ...(element > 0 && { element }), offset: 0 });
    super(`${found.textEn} (segment ${segment} of the interchange, element ${element})`);
    this.finding = found;
  }
}

/**
 * Writes an interchange (ISO 9735): escapes separators, encodes by its syntax identifier, computes all counts and references.
 * Throws `WriteError`.
 */
export function writeInterchange(values: InterchangeValues): Uint8Array {
  const separators = values.separators ?? defaultSeparators;
  if (!areUsable(separators)) throw new WriteError("una-invalid", 0);
  const header = "tag" in values.header ? values.header : headerSegment(values.header);
  const writer = new SegmentWriter(
    separators,
    charsetOf(elementValue(header, 1, 1)).encoding,
    values.lineBreak ?? "",
  );
  if (values.withUna ?? true) writer.una(values.before ?? "", values.afterUna);
  else writer.plain(values.before ?? "");
  writer.segment(header);
  for (const message of values.messages) writeMessage(writer, message);
  for (const group of values.groups ?? []) writeGroup(writer, group);
  const count = values.groups?.length ? values.groups.length : values.messages.length;
  writer.segment(trailerOf("UNZ", count, header.elements[4] ?? [], values.trailer));
  return writer.bytes();
}

function writeMessage(writer: SegmentWriter, message: MessageValues): void {
  const header = "tag" in message.header ? message.header : messageHeaderSegment(message.header);
  const from = writer.segments;
  writer.segment(header);
  for (const segment of message.segments) writer.segment(segment);
  const count = writer.segments - from + 1;
  writer.segment(trailerOf("UNT", count, header.elements[0] ?? [], message.trailer));
}

function writeGroup(writer: SegmentWriter, group: GroupValues): void {
  writer.segment(group.header);
  for (const message of group.messages) writeMessage(writer, message);
  writer.segment(trailerOf("UNE", group.messages.length, group.header.elements[4] ?? [], group.trailer));
}

function trailerOf(
  tag: string,
  count: number,
  reference: readonly string[],
  read: Segment | undefined,
): Segment {
  const noted = read ? elementValue(read, 1) : "";
  const isRight = /^\d+$/.test(noted) && Number(noted) === count;
  if (read && isRight && elementValue(read, 2) === reference[0]) return read;
  const after = read?.after === undefined ? {} : { after: read.after };
  return { tag, elements: [[isRight ? noted : String(count)], reference], ...after };
}

/** UNB from named values. */
export function headerSegment(values: HeaderValues): Segment {
  const { id, version } = values.syntax ?? { id: "UNOC", version: 3 };
  const elements: string[][] = [
    [id, String(version)],
    partyComponents(values.sender),
    partyComponents(values.receiver),
    dateAndTime(values.preparedAt, version >= 4),
    [values.reference],
  ];
  if (values.acknowledgementRequest !== undefined) elements.push([], [], [], [values.acknowledgementRequest]);
  if (values.isTest) {
    while (elements.length < 10) elements.push([]);
    elements.push(["1"]);
  }
  return { tag: "UNB", elements };
}

/** S004 from a local time (ISO 8601); the century is written from syntax version 4 on. */
export function dateAndTime(preparedAt: string, withCentury: boolean): string[] {
  const [date = "", time = ""] = preparedAt.split("T");
  const day = date.replaceAll("-", "");
  return [withCentury ? day : day.slice(2), time.replaceAll(":", "").slice(0, 4)];
}

/** S002 or S003 of a party. */
export function partyComponents({ id, qualifier, internalId }: Party): string[] {
  if (internalId !== undefined) return [id, qualifier ?? "", internalId];
  return qualifier === undefined ? [id] : [id, qualifier];
}

function messageHeaderSegment({ reference, identifier, code }: MessageHeaderValues): Segment {
  return {
    tag: "UNH",
    elements: code === undefined ? [[reference], identifier] : [[reference], identifier, [code]],
  };
}

/** Converts segments to bytes, one after the other. */
export class SegmentWriter {
  segments = 0;
  readonly #separators: Separators;
  readonly #encoding: string;
  readonly #lineBreak: string;
  readonly #pieces: Uint8Array[] = [];
  readonly #special: RegExp;
  readonly #release: string;

  constructor(separators: Separators, encoding: string, lineBreak: string) {
    this.#separators = separators;
    this.#encoding = encoding;
    this.#lineBreak = lineBreak;
    const { component, element, release, repetition, terminator } = separators;
    const special = [component, element, release, repetition, terminator].filter((byte) => byte !== -1);
    this.#special = new RegExp(
      `[${special.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}]`,
      "g",
    );
    this.#release = release === -1 ? "" : String.fromCharCode(release);
  }

  una(before: string, after: string | undefined): void {
    const { component, element, decimal, release, repetition, terminator, reserved = -1 } = this.#separators;
    const six = [component, element, decimal, release, repetition === -1 ? reserved : repetition, terminator];
    const characters = six.map((byte) => String.fromCharCode(byte === -1 ? 0x20 : byte)).join("");
    this.plain(`${before}UNA${characters}${after ?? this.#lineBreak}`);
  }

  /** Text that is written as is, one byte per character. */
  plain(text: string): void {
    this.#pieces.push(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  }

  segment(segment: Segment): void {
    this.segments++;
    if (tagNumber(segment.tag) === 0) throw new WriteError("tag-invalid", this.segments);
    if (this.#isAsRead(segment)) this.#pieces.push(segment.source.bytes);
    else this.#encodeSegment(segment);
    if (segment.object) this.#pieces.push(segment.object);
    this.plain(segment.after ?? (segment.object ? "" : this.#lineBreak));
  }

  #isAsRead(segment: Segment): segment is Segment & { source: SegmentSource } {
    return segment.source?.elements === segment.elements && segment.source.separators === this.#separators;
  }

  #encodeSegment(segment: Segment): void {
    const { element, terminator } = this.#separators;
    const texts = segment.elements.map((components, at) => this.#element(segment, components, at + 1));
    const tag = this.#joined([segment.tag, ...(segment.nesting ?? [])], 0);
    this.#encode([tag, ...texts].join(String.fromCharCode(element)) + String.fromCharCode(terminator));
  }

  #element(segment: Segment, components: readonly string[], element: number): string {
    const first = this.#joined(components, element);
    const repeats = segment.repeats?.filter((repeat) => repeat.element === element) ?? [];
    if (repeats.length === 0) return first;
    if (this.#separators.repetition === -1)
      throw new WriteError("too-many-constituents", this.segments, element);
    const occurrences = [first, ...repeats.map((repeat) => this.#joined(repeat.components, element))];
    return occurrences.join(String.fromCharCode(this.#separators.repetition));
  }

  #joined(components: readonly string[], element: number): string {
    const separator = String.fromCharCode(this.#separators.component);
    return components.map((value) => this.#escaped(value, element)).join(separator);
  }

  #escaped(value: string, element: number): string {
    if (value.search(this.#special) < 0) return value;
    if (this.#release === "") throw new WriteError("invalid-character", this.segments, element);
    return value.replace(this.#special, (letter) => this.#release + letter);
  }

  #encode(text: string): void {
    const bytes = encode(text, this.#encoding);
    if ("unencodable" in bytes) throw new WriteError("invalid-character", this.segments);
    this.#pieces.push(bytes);
  }

  bytes(): Uint8Array {
    return concatenated(this.#pieces);
  }
}

/** The pieces as one array. */
export function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
