import { findMessageType, type ReceiptRule } from "@sor/edi";

export type RouteFormat = "EDIFACT" | "XML" | "FHIR";
export type Direction = "receive" | "send";

/** One type in one version and format, received or sent. */
export type TypeEntry = {
  readonly code: string;
  readonly version: string;
  readonly format: RouteFormat;
  readonly direction: Direction;
  readonly urn: string | null;
  readonly receiptRule: ReceiptRule | null;
  readonly isCurrent: boolean;
};

const newestFirst = new Intl.Collator("en", { numeric: true });

/**
 * Numbers for the few hundred combinations of type, version, format and direction, so that a pair needs only two bytes for them.
 * Codes are numbered too; a sender who names no version gets the one with the highest rank.
 */
export class TypeDictionary {
  readonly entries: TypeEntry[] = [];
  /** By entry: the number of its code and direction. */
  readonly codeOf: number[] = [];
  /** By entry: its rank among the versions of its code, newest highest; versions in force before others. */
  readonly rankOf: number[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #codes = { receive: new Map<string, number>(), send: new Map<string, number>() };
  /** By number of a code: its entries. */
  readonly #entriesOf: number[][] = [];

  /** The number of a combination, assigned now if it has none. */
  number(code: string, version: string, format: RouteFormat, direction: Direction): number {
    const key = `${code}\n${version}\n${format}\n${direction}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.entries.length > 0xffff) throw new RangeError("more than 65,536 message type versions");
    const found = findMessageType(code, version);
    const entry: TypeEntry = {
      code,
      version,
      format,
      direction,
      urn: found?.urn ?? null,
      receiptRule: found?.receiptRule ?? null,
      isCurrent: found?.status === "current",
    };
    const number = this.entries.push(entry) - 1;
    this.#byKey.set(key, number);
    const numberOfCode = this.#numberOfCode(code, direction);
    this.codeOf.push(numberOfCode);
    const entries = this.#entriesOf[numberOfCode] as number[];
    entries.push(number);
    this.#rank(entries);
    return number;
  }

  /** The number of a code (in upper case) in one direction, or -1 when it is not in the register. */
  code(code: string, direction: Direction): number {
    return this.#codes[direction].get(code) ?? -1;
  }

  #numberOfCode(text: string, direction: Direction): number {
    const code = text.toUpperCase();
    const known = this.#codes[direction].get(code);
    if (known !== undefined) return known;
    this.#codes[direction].set(code, this.#entriesOf.length);
    return this.#entriesOf.push([]) - 1;
  }

  #rank(numbers: number[]): void {
    numbers.sort((a, b) => {
      const [one, other] = [this.entries[a] as TypeEntry, this.entries[b] as TypeEntry];
      if (one.isCurrent !== other.isCurrent) return one.isCurrent ? 1 : -1;
      return newestFirst.compare(one.version, other.version);
    });
    numbers.forEach((number, rank) => {
      this.rankOf[number] = rank;
    });
  }
}

/** A type in a lookup: its code in the register, and the version or format that the text implies. */
export type AskedType = { code: string; version?: string; format?: RouteFormat; isInCatalogue: boolean };

const askedTypes = new Map<string, AskedType>();
// A longer text is of no registered type, and may be of any length in a message.
const keptTextMax = 128;

/** Parses an EDIFACT, XML or FHIR code, an alias of one, or a URN (which names a version). Letter case is ignored. */
export function readAskedType(text: string): AskedType {
  const kept = askedTypes.get(text);
  if (kept) return kept;
  const read = readType(text);
  if (text.length > keptTextMax) return read;
  if (askedTypes.size >= 4096) askedTypes.clear();
  askedTypes.set(text, read);
  return read;
}

function readType(text: string): AskedType {
  const found = findMessageType(text);
  if (!found?.code || found.format === "other") return { code: text.toUpperCase(), isInCatalogue: false };
  const asked = { code: found.code, format: found.format, isInCatalogue: true };
  return text.includes(":") && found.version ? { ...asked, version: found.version } : asked;
}
