import type { ByteRange } from "../envelope.ts";
import { JsonText } from "./json-text.ts";

/** Which values of a JSON document are kept: names lead to them, a one-element list means every element, `true` a string. */
export type Wanted = true | readonly [Wanted] | { readonly [name: string]: Wanted };

type Container = {
  readonly kind: "object" | "array";
  readonly wanted: Wanted | undefined;
  readonly value: Record<string, unknown> | unknown[] | undefined;
  /** Names seen in the object: a list while they are few. */
  names: string[] | Set<string>;
  name: string | undefined;
  /** The name occurred before: its value is skipped. */
  isRepeated: boolean;
  /** What may come next. */
  expects: "first" | "name" | "colon" | "value" | "comma";
};

type JsonFault = {
  readonly code: "json-malformed" | "xml-too-deep" | "xml-text-too-long" | "json-too-many-members";
  readonly offset: number;
};

type JsonLimits = {
  readonly depthMax: number;
  /** Names in one object: all are kept to detect duplicates. */
  readonly jsonMembersMax: number;
};

/** A duplicate name in an object: its byte, and the wanted names that lead to it; no path where it is not wanted. */
type RepeatedName = { readonly offset: number; readonly path: readonly string[] | undefined };

type JsonEvents = {
  repeated?(repeated: RepeatedName): void;
  /** Maps an offset in the pushed bytes to the byte of the input, where the two differ. */
  byteOf?(offset: number): number;
};

const fewNames = 8;
const quote = 0x22;
const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const literalBytesMax = 4096;

/**
 * Reads JSON (RFC 8259) pushed in chunks of UTF-8 and validates all of it, duplicate names included, but keeps only the
 * wanted values. Memory is bounded by the limits and by what is wanted, not by the length of the input.
 */
export class JsonScanner {
  /** Where and why reading ended early. */
  fault: JsonFault | undefined;
  /** The document, reduced to what is wanted. */
  value: unknown;
  /** The wanted strings of the outermost object, and where they are, quotes excluded. */
  readonly texts: { readonly name: string; readonly range: ByteRange }[] = [];
  readonly #wanted: Wanted;
  readonly #limits: JsonLimits;
  readonly #stack: Container[] = [];
  readonly #onRepeated: (repeated: RepeatedName) => void;
  readonly #byteOf: (offset: number) => number;
  /** Where the kept objects and lists begin, and where their strings are. */
  readonly #starts = new Map<object, number>();
  readonly #textStarts = new Map<object, Map<string, number>>();
  readonly #text = new JsonText();
  #offset = 0;
  #isDone = false;
  #isInText = false;
  #isName = false;
  #literal = "";

  constructor(wanted: Wanted, limits: JsonLimits, events: JsonEvents = {}) {
    this.#wanted = wanted;
    this.#limits = limits;
    this.#onRepeated = events.repeated ?? (() => undefined);
    this.#byteOf = events.byteOf ?? ((offset) => offset);
  }

  push(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at < bytes.length && !this.fault) {
      if (this.#isInText) at = this.#readText(buffer, at);
      else {
        this.#read(bytes[at] as number, this.#offset + at);
        at++;
      }
    }
    this.#offset += bytes.length;
  }

  end(): void {
    if (!this.fault && this.#literal !== "") this.#endLiteral(this.#offset);
    if (!this.#isDone || this.#isInText) this.#fail(this.#offset);
  }

  /** Byte at which a kept object or list begins, or a string in it; undefined if it has none of that name. */
  placeOf(container: object, name?: string): number | undefined {
    return name === undefined ? this.#starts.get(container) : this.#textStarts.get(container)?.get(name);
  }

  #fail(offset: number, code: JsonFault["code"] = "json-malformed"): void {
    this.#failAt(this.#byteOf(offset), code);
  }

  #failAt(offset: number, code: JsonFault["code"]): void {
    this.fault ??= { code, offset };
  }

  #read(byte: number, offset: number): void {
    if (this.#literal !== "" && this.#isInLiteral(byte, offset)) return;
    if (isBlank(byte) || this.fault) return;
    const top = this.#stack.at(-1);
    switch (byte) {
      case 0x2c:
        this.#comma(top, offset);
        break;
      case 0x3a:
        if (top?.expects === "colon") top.expects = "value";
        else this.#fail(offset);
        break;
      case 0x5d:
        this.#close("array", top, offset);
        break;
      case 0x7d:
        this.#close("object", top, offset);
        break;
      case quote:
        this.#beginText(top, offset);
        break;
      default:
        this.#beginOther(byte, top, offset);
    }
  }

  /** Reads a byte of a number or a name such as `true`; false if it ended before this byte. */
  #isInLiteral(byte: number, offset: number): boolean {
    if (isBlank(byte) || byte === 0x2c || byte === 0x5d || byte === 0x7d) {
      this.#endLiteral(offset);
      return false;
    }
    if (this.#literal.length >= literalBytesMax) this.#fail(offset);
    else this.#literal += String.fromCharCode(byte);
    return true;
  }

  #beginOther(byte: number, top: Container | undefined, offset: number): void {
    if (!this.#mayBegin(top)) this.#fail(offset);
    else if (byte === 0x7b) this.#open("object", offset);
    else if (byte === 0x5b) this.#open("array", offset);
    else this.#literal = String.fromCharCode(byte);
  }

  #mayBegin(top: Container | undefined): boolean {
    if (!top) return !this.#isDone;
    return top.expects === "value" || (top.kind === "array" && top.expects === "first");
  }

  #comma(top: Container | undefined, offset: number): void {
    if (top?.expects !== "comma") this.#fail(offset);
    else top.expects = top.kind === "object" ? "name" : "value";
  }

  #open(kind: Container["kind"], offset: number): void {
    if (this.#stack.length >= this.#limits.depthMax) {
      this.#fail(offset, "xml-too-deep");
      return;
    }
    const wanted = this.#wantedHere();
    const isWanted =
      kind === "array" ? Array.isArray(wanted) : typeof wanted === "object" && !Array.isArray(wanted);
    const value = isWanted ? (kind === "array" ? [] : {}) : undefined;
    if (value) this.#starts.set(value, this.#byteOf(offset));
    const here = isWanted ? wanted : undefined;
    this.#stack.push({
      ...{ kind, wanted: here, value, names: [], name: undefined },
      ...{ isRepeated: false, expects: "first" },
    });
  }

  #close(kind: Container["kind"], top: Container | undefined, offset: number): void {
    if (top?.kind !== kind || (top.expects !== "comma" && top.expects !== "first")) {
      this.#fail(offset);
      return;
    }
    this.#stack.pop();
    this.#give(top.value);
  }

  /** What is wanted of the value at the current position. */
  #wantedHere(): Wanted | undefined {
    const top = this.#stack.at(-1);
    if (!top) return this.#wanted;
    const { wanted, name, isRepeated } = top;
    if (wanted === undefined || wanted === true || isRepeated) return undefined;
    if (Array.isArray(wanted)) return wanted[0] as Wanted;
    const named = wanted as { readonly [name: string]: Wanted };
    return name !== undefined && Object.hasOwn(named, name) ? named[name] : undefined;
  }

  /** A value has ended: stores it where it is wanted. */
  #give(value: unknown): void {
    const top = this.#stack.at(-1);
    if (!top) {
      this.#isDone = true;
      this.value = value;
      return;
    }
    top.expects = "comma";
    if (Array.isArray(top.value)) top.value.push(value);
    else if (top.value && top.name !== undefined && this.#wantedHere() !== undefined)
      top.value[top.name] = value;
  }

  #endLiteral(offset: number): void {
    if (!literal.test(this.#literal)) {
      this.#fail(offset - this.#literal.length);
      return;
    }
    this.#literal = "";
    this.#give(undefined);
  }

  #beginText(top: Container | undefined, offset: number): void {
    const isName = top?.kind === "object" && (top.expects === "first" || top.expects === "name");
    if (!isName && !this.#mayBegin(top)) {
      this.#fail(offset);
      return;
    }
    this.#isInText = true;
    this.#isName = isName;
    this.#text.begin(
      isName ? "name" : this.#wantedHere() === true ? "kept" : "passed",
      this.#byteOf(offset + 1),
    );
  }

  /** Continues reading a string; returns where it stopped. */
  #readText(bytes: Buffer, from: number): number {
    const at = this.#text.read(bytes, from);
    const { state } = this.#text;
    if (state === "wrong") this.#fail(this.#offset + at);
    else if (state === "too long") this.#failAt(this.#text.start, "xml-text-too-long");
    else if (state === "ended") {
      this.#isInText = false;
      if (this.#isName) this.#takeName();
      else this.#takeText(this.#byteOf(this.#offset + at - 1));
    }
    return at;
  }

  #takeName(): void {
    const top = this.#stack.at(-1);
    const name = this.#text.value;
    if (!top || name === undefined) return;
    top.name = name;
    top.expects = "colon";
    const { names } = top;
    const isSet = names instanceof Set;
    top.isRepeated = isSet ? names.has(name) : names.includes(name);
    if (top.isRepeated) this.#onRepeated({ offset: this.#text.start, path: this.#path() });
    else if (isSet) names.add(name);
    else if (names.push(name) > fewNames) top.names = new Set(names);
    if (isSet && names.size > this.#limits.jsonMembersMax)
      this.#failAt(this.#text.start, "json-too-many-members");
  }

  #takeText(end: number): void {
    const { value, start } = this.#text;
    const top = this.#stack.at(-1);
    if (value !== undefined && top?.name !== undefined && top.value && !Array.isArray(top.value)) {
      if (this.#stack.length === 1) this.texts.push({ name: top.name, range: { start, end } });
      const starts = this.#textStarts.get(top.value) ?? new Map<string, number>();
      this.#textStarts.set(top.value, starts.set(top.name, start));
    }
    this.#give(value);
  }

  /** The names that lead here, if all of them are wanted: others could be anything. */
  #path(): string[] | undefined {
    const path: string[] = [];
    for (const { kind, wanted, name } of this.#stack) {
      if (kind === "array") continue;
      const isWanted = typeof wanted === "object" && name !== undefined && Object.hasOwn(wanted, name);
      if (!isWanted) return undefined;
      path.push(name);
    }
    return path;
  }
}
