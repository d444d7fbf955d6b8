import type { InterchangeEnvelope, MessageEnvelope } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Place } from "../findings.ts";
import type { Limits } from "../limits.ts";
import { ReferenceUses } from "../reference-uses.ts";
import type { Reporter } from "../reporter.ts";
import { tags } from "./bytes.ts";
import { differenceFromGroup, type Group, openGroup } from "./groups.ts";
import {
  checkInterchangeHeader,
  finishedInterchange,
  finishedMessage,
  headlessInterchange,
  judgeMessage,
  type OpenInterchange,
  type OpenMessage,
  openInterchange,
  openMessage,
} from "./headers.ts";
import type { Separators } from "./separators.ts";
import { checkServiceSegment } from "./service-segments.ts";
import type { SegmentTokens } from "./tokens.ts";
import { checkTrailer, type ExpectedTrailer, type TrailerTag } from "./trailers.ts";

/** Events raised while the structure is read. */
type StructureEvents = {
  readonly message?: ((message: MessageEnvelope) => void) | undefined;
  readonly interchange?: ((interchange: InterchangeEnvelope) => void) | undefined;
};

/** The nesting of interchange, group and message: checks counts and references, and builds the envelope. */
export class Structure {
  readonly interchanges: InterchangeEnvelope[] = [];
  /** Segments of the open message so far, UNH and UNT counted; 0 outside a message. */
  segments = 0;
  open: OpenInterchange | undefined;
  #message: OpenMessage | undefined;
  #group: Group | undefined;
  readonly #uses = new ReferenceUses();
  readonly #groupReferences = new Set<string>();
  /** Messages of the whole input. */
  #messages = 0;
  #strayReported = false;
  readonly #reporter: Reporter;
  readonly #events: StructureEvents;

  readonly #limits: Limits;
  /** Segments since the last UNH, whether inside a message or not. */
  #counted = 0;

  constructor(reporter: Reporter, events: StructureEvents, limits: Limits) {
    this.#limits = limits;
    this.#reporter = reporter;
    this.#events = events;
  }

  /** The message whose UNT has not been read yet. */
  get message(): OpenMessage | undefined {
    return this.#message;
  }

  /** The place of a byte in the current segment, or `ahead` segments after it. */
  placeOf(offset: number, ahead: number): Place {
    const interchange = this.interchanges.length + 1;
    const { open } = this;
    if (!this.#message || !open) return { interchange, offset };
    const [message, segment] = [open.messages.length + 1, Math.max(1, this.segments + ahead)];
    return { interchange, message, segment, offset };
  }

  report(code: FindingCode, offset: number, element = 0, component = 0): void {
    if (!this.#reporter.takes(code)) return;
    this.#reporter.add(code, {
      ...this.placeOf(offset, 0),
      ...(element > 0 && { element }),
      ...(component > 0 && { component }),
    });
  }

  /** Reports something that is not a segment where the next segment should be. */
  reportNext(code: FindingCode, offset: number): void {
    this.#reporter.add(code, this.placeOf(offset, 1));
  }

  #check(tokens: SegmentTokens, tag: string, base: number): void {
    checkServiceSegment(tokens, tag, (this.open?.syntaxVersion ?? 3) >= 4, (code, element, component) => {
      const offset = base + tokens.offsetOf(element, Math.max(0, component - 1));
      this.report(code, offset, element, component);
    });
  }

  /** Opens an interchange without UNB, so that its messages can still be read. */
  beginHeadless(start: number, at: number, separators: Separators): void {
    this.open = headlessInterchange(start, separators);
    this.#strayReported = false;
    this.#uses.clear();
    this.#groupReferences.clear();
    this.report("unb-missing", at);
  }

  /** UNB: the interchange header. `start` is where the interchange begins, including UNA. */
  beginInterchange(
    tokens: SegmentTokens,
    base: number,
    start: number,
    end: number,
    separators: Separators,
  ): void {
    const open = openInterchange(tokens, base, start, end, separators);
    this.open = open;
    this.#strayReported = false;
    this.#uses.clear();
    this.#groupReferences.clear();
    this.#check(tokens, "UNB", base);
    checkInterchangeHeader(tokens, open, (code, element, component) => {
      this.report(code, base + tokens.offsetOf(element, Math.max(0, component - 1)), element, component);
    });
  }

  beginGroup(tokens: SegmentTokens, base: number, end: number): void {
    const open = this.#openAt(base + tokens.start);
    this.#closeMessage(base + tokens.start, base + tokens.start);
    this.#endGroupUnfinished(base + tokens.start);
    const header = { start: base + tokens.start, end };
    const group = openGroup(tokens, header);
    if (this.#groupReferences.has(group.reference)) {
      this.report("duplicate-group", base + tokens.offsetOf(5), 5);
    }
    this.#groupReferences.add(group.reference);
    if (open.messages.length > 0 && open.groups.length === 0) this.report("mixed-levels", header.start);
    open.groups.push(group);
    this.#group = group;
    this.#check(tokens, "UNG", base);
  }

  beginMessage(tokens: SegmentTokens, base: number): void {
    const start = base + tokens.start;
    const open = this.#openAt(start);
    this.#closeMessage(start, start);
    if (++this.#messages > this.#limits.messagesMax) {
      this.#reporter.stop("too-many-messages", this.placeOf(start, 0));
      return;
    }
    this.segments = 1;
    this.#counted = 0;
    const message = openMessage(tokens, start, this.#group ? open.groups.length - 1 : -1);
    this.#message = message;
    this.#check(tokens, "UNH", base);
    this.#checkMessage(tokens, base, message, open);
  }

  #checkMessage(tokens: SegmentTokens, base: number, message: OpenMessage, open: OpenInterchange): void {
    if (open.groups.length > 0 && !this.#group) this.report("mixed-levels", message.start);
    const group = this.#group;
    if (group) {
      if (group.messages > 0 && group.type !== message.unhType)
        this.report("group-types", base + tokens.offsetOf(2), 2, 1);
      group.type = message.unhType;
      group.messages++;
      const differs = differenceFromGroup(group, message);
      if (differs >= 0) this.report("group-type-differs", base + tokens.offsetOf(2, differs), 2, differs + 1);
    }
    this.#checkReference(message, base + tokens.offsetOf(1), open);
    const verdict = judgeMessage(message);
    if (verdict)
      this.report(
        verdict.code,
        base + tokens.offsetOf(verdict.element, verdict.component - 1),
        verdict.element,
        verdict.component,
      );
  }

  /** ISO 9735-1, version 4: a reference is unique together with the message type, within the group if there is one. */
  #checkReference(message: OpenMessage, offset: number, open: OpenInterchange): void {
    if (message.reference === "") return;
    // A message outside a group after a group counts with that group: mixed levels are reported anyway.
    const group = open.groups.at(-1)?.reference ?? "";
    const number = open.messages.length + 1;
    const scope = () => [group, ...message.identifier].join("\0");
    for (const use of this.#uses.add(message.reference, { number, offset }, scope)) {
      const { interchange } = this.placeOf(offset, 0);
      const place = { interchange, message: use.number, segment: 1, element: 1, offset: use.offset };
      this.#reporter.add("duplicate-message", place);
    }
  }

  /** A segment that is not a service segment; returns whether it is inside a message. */
  countSegment(offset: number): void {
    if (++this.#counted > this.#limits.segmentsMax) {
      this.#reporter.stop("too-many-segments", this.placeOf(offset, 1));
      return;
    }
    if (this.#message) {
      this.segments++;
      return;
    }
    if (!this.#strayReported) this.report("segment-outside", offset);
    this.#strayReported = true;
  }

  /** UNT counts itself: its number is already right when it is passed on. */
  announceEnd(tag: number): void {
    if (tag === tags.UNT && this.#message) this.segments++;
  }

  endMessage(tokens: SegmentTokens, base: number, end: number): void {
    const message = this.#message;
    if (!message) {
      this.report("unh-missing", base + tokens.start);
      return;
    }
    this.#checkTrailer(tokens, base, "UNT", { count: this.segments, reference: message.reference });
    if (this.segments <= 2) this.report("empty-message", base + tokens.start);
    this.#finishMessage(message, end);
  }

  #closeMessage(at: number, end: number): void {
    const message = this.#message;
    if (!message) return;
    this.report("unt-missing", at);
    this.#finishMessage(message, end);
  }

  #finishMessage(message: OpenMessage, end: number): void {
    const open = this.#openAt(message.start);
    const finished = finishedMessage(message, open, end);
    this.#message = undefined;
    this.segments = 0;
    this.#strayReported = false;
    open.messages.push(finished);
    this.#events.message?.(finished);
  }

  endGroup(tokens: SegmentTokens, base: number, end: number): void {
    const start = base + tokens.start;
    this.#closeMessage(start, start);
    const group = this.#group;
    if (!group) {
      this.report("ung-missing", start);
      return;
    }
    this.#checkTrailer(tokens, base, "UNE", { count: group.messages, reference: group.reference });
    if (group.messages === 0) this.report("empty-group", start);
    group.trailer = { start, end };
    this.#group = undefined;
  }

  #endGroupUnfinished(at: number): void {
    if (this.#group) this.report("une-missing", at);
    this.#group = undefined;
  }

  endInterchange(tokens: SegmentTokens, base: number, end: number): void {
    const start = base + tokens.start;
    const open = this.#openAt(start);
    this.#closeMessage(start, start);
    this.#endGroupUnfinished(start);
    const count = open.groups.length > 0 ? open.groups.length : open.messages.length;
    this.#checkTrailer(tokens, base, "UNZ", { count, reference: open.reference });
    if (count === 0) this.report("empty-interchange", start);
    open.trailer = { start, end };
    this.#finishInterchange(open, end);
  }

  #checkTrailer(tokens: SegmentTokens, base: number, tag: TrailerTag, expected: ExpectedTrailer): void {
    this.#check(tokens, tag, base);
    checkTrailer(tokens, tag, expected, (code, element) =>
      this.report(code, base + tokens.offsetOf(element), element),
    );
  }

  /** The input ends, or another interchange begins, before UNZ. */
  abandon(at: number): void {
    const open = this.open;
    if (!open) return;
    this.#closeMessage(at, at);
    this.#endGroupUnfinished(at);
    this.report("unz-missing", at);
    this.#finishInterchange(open, at);
  }

  #finishInterchange(open: OpenInterchange, end: number): void {
    const finished = finishedInterchange(open, end);
    this.interchanges.push(finished);
    this.open = undefined;
    this.#events.interchange?.(finished);
  }

  #openAt(offset: number): OpenInterchange {
    if (!this.open) throw new Error(`no interchange is open at byte ${offset}`);
    return this.open;
  }
}
