import type { InterchangeEnvelope, MessageEnvelope } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import type { Reporter } from "../reporter.ts";
import { tags } from "./bytes.ts";
import {
  checkInterchangeHeader,
  finishedInterchange,
  finishedMessage,
  type Group,
  headlessInterchange,
  judgeMessage,
  type OpenInterchange,
  type OpenMessage,
  openInterchange,
  openMessage,
  partyOf,
} from "./headers.ts";
import type { Separators } from "./separators.ts";
import { checkServiceSegment } from "./service-segments.ts";
import type { SegmentTokens } from "./tokens.ts";

/** What the structure tells of as it is read. */
export type StructureEvents = {
  readonly message?: ((message: MessageEnvelope) => void) | undefined;
  readonly interchange?: ((interchange: InterchangeEnvelope) => void) | undefined;
};

/** The nesting of interchange, group and message: checks counts and references and builds the envelope. */
export class Structure {
  readonly interchanges: InterchangeEnvelope[] = [];
  /** Segments of the open message so far, UNH and UNT counted; 0 outside a message. */
  segments = 0;
  open: OpenInterchange | undefined;
  #message: OpenMessage | undefined;
  #group: Group | undefined;
  #references: Set<string> | undefined;
  readonly #groupReferences = new Set<string>();
  /** Messages of the whole input. */
  #messages = 0;
  #strayReported = false;
  readonly #reporter: Reporter;
  readonly #events: StructureEvents;

  readonly #limits: Limits;
  /** Segments since the last UNH, inside a message or not. */
  #counted = 0;

  constructor(reporter: Reporter, events: StructureEvents, limits: Limits) {
    this.#limits = limits;
    this.#reporter = reporter;
    this.#events = events;
  }

  get isInMessage(): boolean {
    return this.#message !== undefined;
  }

  /** The letter type in UNH of the open message. */
  get letterCode(): string {
    return this.#message?.code ?? "";
  }

  report(code: FindingCode, offset: number, element = 0, component = 0): void {
    if (!this.#reporter.takes(code)) return;
    this.#reporter.add(code, {
      interchange: this.interchanges.length + (this.open ? 1 : 0) || 1,
      ...(this.#message && {
        message: (this.open?.messages.length ?? 0) + 1,
        segment: Math.max(1, this.segments),
      }),
      ...(element > 0 && { element }),
      ...(component > 0 && { component }),
      offset,
    });
  }

  #check(tokens: SegmentTokens, tag: string, base: number): void {
    checkServiceSegment(tokens, tag, (this.open?.syntaxVersion ?? 3) >= 4, (code, element, component) => {
      const offset = base + tokens.offsetOf(element, Math.max(0, component - 1));
      this.report(code, offset, element, component);
    });
  }

  /** Opens an interchange that lacks UNB, so that its messages can still be read. */
  beginHeadless(start: number, at: number, separators: Separators): void {
    this.open = headlessInterchange(start, separators);
    this.#strayReported = false;
    this.#references = undefined;
    this.#groupReferences.clear();
    this.report("unb-missing", at);
  }

  /** UNB: the interchange header. `start` is where the interchange begins, UNA included. */
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
    this.#references = undefined;
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
    const [sender, receiver] = [partyOf(tokens, 2), partyOf(tokens, 3)];
    const group: Group = { reference: tokens.text(5), sender, receiver, header, messages: 0, type: "" };
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
      this.#reporter.stop("too-many-messages", { interchange: this.interchanges.length + 1, offset: start });
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
    }
    if (this.#isRepeated(message.reference, open))
      this.report("duplicate-message", base + tokens.offsetOf(1), 1);
    const verdict = judgeMessage(message);
    if (verdict)
      this.report(
        verdict.code,
        base + tokens.offsetOf(verdict.element, verdict.component - 1),
        verdict.element,
        verdict.component,
      );
  }

  #isRepeated(reference: string, open: OpenInterchange): boolean {
    if (reference === "" || open.messages.length === 0) return false;
    this.#references ??= new Set(open.messages.map((message) => message.reference));
    const isRepeated = this.#references.has(reference);
    this.#references.add(reference);
    return isRepeated;
  }

  /** A segment that is no service segment; says whether it stands inside a message. */
  countSegment(offset: number): void {
    if (++this.#counted > this.#limits.segmentsMax) {
      this.#reporter.stop("too-many-segments", { interchange: this.interchanges.length + 1, offset });
      return;
    }
    if (this.#message) {
      this.segments++;
      return;
    }
    if (!this.#strayReported) this.report("segment-outside", offset);
    this.#strayReported = true;
  }

  /** UNT counts itself, so its number is right when it is handed on. */
  announceEnd(tag: number): void {
    if (tag === tags.UNT && this.#message) this.segments++;
  }

  endMessage(tokens: SegmentTokens, base: number, end: number): void {
    const message = this.#message;
    if (!message) {
      this.report("unh-missing", base + tokens.start);
      return;
    }
    this.#check(tokens, "UNT", base);
    const count = tokens.integer(1, 0);
    if (count >= 0 && count !== this.segments) this.report("count-segments", base + tokens.offsetOf(1), 1);
    if (message.reference !== "" && isOther(tokens, message.reference)) {
      this.report("reference-message", base + tokens.offsetOf(2), 2);
    }
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
    this.#check(tokens, "UNE", base);
    const count = tokens.integer(1, 0);
    if (count >= 0 && count !== group.messages) this.report("count-group", base + tokens.offsetOf(1), 1);
    if (group.reference !== "" && isOther(tokens, group.reference)) {
      this.report("reference-group", base + tokens.offsetOf(2), 2);
    }
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
    this.#check(tokens, "UNZ", base);
    const count = tokens.integer(1, 0);
    const actual = open.groups.length > 0 ? open.groups.length : open.messages.length;
    if (count >= 0 && count !== actual) this.report("count-messages", base + tokens.offsetOf(1), 1);
    if (open.reference !== "" && isOther(tokens, open.reference)) {
      this.report("reference-interchange", base + tokens.offsetOf(2), 2);
    }
    if (actual === 0) this.report("empty-interchange", start);
    open.trailer = { start, end };
    this.#finishInterchange(open, end);
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

/** Whether the reference in a trailer is given and differs; a missing one is reported as missing. */
const isOther = (tokens: SegmentTokens, reference: string) =>
  tokens.lengthOf(2, 0) > 0 && !tokens.equals(2, 0, reference);
