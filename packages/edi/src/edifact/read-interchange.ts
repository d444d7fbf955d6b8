import type { InterchangeEnvelope } from "../envelope.ts";
import type { Finding } from "../findings.ts";
import { type EdifactOptions, EdifactReader, type SegmentPlace } from "./reader.ts";
import { type Segment, segmentOf } from "./segment.ts";
import type { Separators } from "./separators.ts";
import type { SegmentTokens } from "./tokens.ts";
import { concatenated, type GroupValues, type InterchangeValues, type MessageValues } from "./write.ts";

/** An interchange as values that can be written again, with its envelope. */
export type ReadInterchange = InterchangeValues & {
  readonly header: Segment;
  readonly envelope: InterchangeEnvelope;
};

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type DraftMessage = Omit<Draft<MessageValues>, "segments"> & { segments: Segment[] };
type DraftGroup = Omit<Draft<GroupValues>, "messages"> & { messages: DraftMessage[] };
type DraftInterchange = {
  start: number;
  header: Segment | undefined;
  messages: DraftMessage[];
  groups: DraftGroup[];
  trailer?: Segment;
  lineBreak: string | undefined;
  before: string;
};

/**
 * Reads a whole EDIFACT input into values, with all checks (ISO 9735); for sound input `writeInterchange` returns the same bytes.
 */
export function readInterchange(
  bytes: Uint8Array,
  options?: EdifactOptions,
): { readonly interchanges: readonly ReadInterchange[]; readonly findings: readonly Finding[] } {
  const builder: TreeBuilder = new TreeBuilder(bytes, () => reader.separators);
  const reader = new EdifactReader(builder, options);
  reader.push(bytes);
  reader.end();
  return { interchanges: builder.interchanges, findings: reader.findings };
}

/** Builds messages, groups and interchanges from segments as they are read. */
class TreeBuilder {
  readonly interchanges: ReadInterchange[] = [];
  readonly #bytes: Uint8Array;
  readonly #separators: () => Separators;
  #draft = emptyDraft(0);
  #message: DraftMessage | undefined;
  #group: DraftGroup | undefined;
  #objects: Uint8Array[] = [];
  /** The last segment read; the gap between it and the next is not known yet. */
  #last: Draft<Segment> | undefined;
  #end = 0;

  constructor(bytes: Uint8Array, separators: () => Separators) {
    this.#bytes = bytes;
    this.#separators = separators;
    this.segment = this.segment.bind(this);
    this.object = this.object.bind(this);
    this.interchange = this.interchange.bind(this);
  }

  segment(tokens: SegmentTokens, place: Readonly<SegmentPlace>): void {
    this.#closeGap(place.start);
    const segment: Draft<Segment> = segmentOf(tokens);
    if (tokens.isIrregular) {
      const bytes = this.#bytes.subarray(place.start, place.end);
      segment.source = { bytes, elements: segment.elements, separators: this.#separators() };
    }
    this.#last = segment;
    this.#end = place.end;
    this.#take(segment, place.start);
  }

  object(piece: Uint8Array): void {
    this.#objects.push(piece);
    this.#end += piece.length;
  }

  #take(segment: Segment, start: number): void {
    const draft = this.#draft;
    switch (segment.tag) {
      case "UNB":
        draft.before = this.#between(this.#lastEnd(), this.#unaStart(start));
        draft.header = segment;
        draft.start = start;
        return;
      case "UNG":
        this.#group = { header: segment, messages: [] };
        draft.groups.push(this.#group);
        return;
      case "UNH":
        this.#message = { header: segment, segments: [] };
        (this.#group?.messages ?? draft.messages).push(this.#message);
        return;
      case "UNT":
        if (this.#message) this.#message.trailer = segment;
        this.#message = undefined;
        return;
      case "UNE":
        if (this.#group) this.#group.trailer = segment;
        this.#group = undefined;
        return;
      case "UNZ":
        draft.trailer = segment;
        return;
      default:
        this.#message?.segments.push(segment);
    }
  }

  #lastEnd(): number {
    return this.interchanges.at(-1)?.envelope.range.end ?? 0;
  }

  #unaStart(headerStart: number): number {
    const from = this.#lastEnd();
    for (let at = from; at + 9 <= headerStart; at++) {
      if (this.#bytes[at] === 0x55 && this.#bytes[at + 1] === 0x4e && this.#bytes[at + 2] === 0x41) return at;
    }
    return headerStart;
  }

  #between(from: number, to: number): string {
    return String.fromCharCode(...this.#bytes.subarray(from, Math.min(to, from + 64)));
  }

  #closeGap(next: number): void {
    const last = this.#last;
    if (!last) return;
    if (this.#objects.length > 0) last.object = concatenated(this.#objects);
    this.#objects = [];
    const gap = this.#between(this.#end, next);
    if (last.tag === "UNB" && this.#draft.lineBreak === undefined) this.#draft.lineBreak = gap;
    const usual = last.object ? "" : (this.#draft.lineBreak ?? "");
    if (gap !== usual) last.after = gap;
    this.#last = undefined;
  }

  interchange(envelope: InterchangeEnvelope): void {
    this.#closeGap(this.#gapEnd(envelope.range.end));
    const { header, start, lineBreak, before, messages, groups, trailer } = this.#draft;
    const separators = envelope.edifact?.separators;
    const withUna = this.#unaStart(start) < start;
    const afterUna = withUna ? this.#between(this.#unaStart(start) + 9, start) : "";
    this.interchanges.push({
      envelope,
      header: header ?? { tag: "UNB", elements: [] },
      messages,
      ...(groups.length > 0 && { groups }),
      ...(trailer && { trailer }),
      ...(separators && { separators }),
      withUna,
      lineBreak: lineBreak ?? "",
      ...(before !== "" && { before }),
      ...(withUna && afterUna !== (lineBreak ?? "") && { afterUna }),
    });
    this.#draft = emptyDraft(envelope.range.end);
    this.#message = undefined;
    this.#group = undefined;
  }

  /** Line breaks and blanks after the last interchange belong to it; before another interchange they belong to that one. */
  #gapEnd(from: number): number {
    let at = from;
    while (at < this.#bytes.length && (this.#bytes[at] as number) <= 0x20) at++;
    return at === this.#bytes.length ? at : from;
  }
}

const emptyDraft = (start: number): DraftInterchange => ({
  start,
  header: undefined,
  messages: [],
  groups: [],
  lineBreak: undefined,
  before: "",
});
