import type { ByteRange, OwnPlace } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { Reporter } from "../reporter.ts";
import type { CarriedReader } from "./carried-reader.ts";
import type { KnownEvents, Leaf } from "./known-elements.ts";
import type { Attributes } from "./namespaces.ts";
import type { XmlControl } from "./xml-reader.ts";

/** What distinguishes one form that carries a payload from another. */
export type TransportForm = {
  /** Name of the root, with which paths in findings begin. */
  readonly root: string;
  /** Path of the payload. */
  readonly data: string;
  /** Which elements hold the envelope's own id and time. */
  readonly own: Readonly<Record<string, OwnPlace["what"]>>;
  /** Whether the element at a path belongs to the message, not to the envelope. */
  isOfMessage(path: string): boolean;
};

/** Collects the values of an envelope around a payload and their places; passes the payload to its reader. */
export class TransportReading implements KnownEvents {
  /** The values of elements that occur once, by path. */
  readonly values = new Map<string, Leaf>();
  readonly own: OwnPlace[] = [];
  /** The payload's base64, if any. */
  data: ByteRange | undefined;
  dataAttributes: Attributes = {};
  readonly #form: TransportForm;
  readonly #reporter: Reporter;
  readonly #carried: CarriedReader | undefined;
  readonly #starts = new Map<string, number>();
  #dataStart = 0;
  #hasPayload = false;

  constructor(form: TransportForm, reporter: Reporter, carried: CarriedReader | undefined) {
    this.#form = form;
    this.#reporter = reporter;
    this.#carried = carried;
  }

  opened(path: string, at: number, attributes: Attributes, control: XmlControl): void {
    if (!this.#starts.has(path)) this.#starts.set(path, at);
    if (path !== this.#form.data) return;
    this.dataAttributes = attributes;
    this.#dataStart = control.passText((piece) => {
      this.#hasPayload ||= piece.some((byte) => byte > 0x20);
      this.#carried?.push(piece);
    });
  }

  leaf(leaf: Leaf, control: XmlControl): void {
    if (leaf.path !== this.#form.data) this.values.set(leaf.path, leaf);
    else if (this.#hasPayload) this.data = { start: this.#dataStart, end: control.passedTo };
  }

  closed(path: string, at: number, control: XmlControl): void {
    const { own } = this.#form;
    const what = Object.hasOwn(own, path) ? own[path] : undefined;
    if (what) this.own.push({ what, range: { start: at, end: control.elementEnd() } });
  }

  refused(code: FindingCode, path: string, at: number): void {
    this.#add(code, path, at);
  }

  /** The value of an element, "" if it is missing. */
  text(path: string): string {
    return this.values.get(path)?.text ?? "";
  }

  /** Reports an error in an element or in an attribute of it (`/@Name`), or that it is missing in its parent. */
  report(code: FindingCode, path: string, at = this.#placeOf(path)): void {
    this.#add(code, path, at);
  }

  #add(code: FindingCode, path: string, offset: number): void {
    const message = this.#form.isOfMessage(path) ? { message: 1 } : {};
    const shown = path === "" ? `/${this.#form.root}` : `/${this.#form.root}/${path}`;
    this.#reporter.add(code, { interchange: 1, ...message, path: shown, offset });
  }

  #placeOf(path: string): number {
    const known = this.#starts.get(path);
    if (known !== undefined || path === "") return known ?? 0;
    return this.#placeOf(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  }
}
