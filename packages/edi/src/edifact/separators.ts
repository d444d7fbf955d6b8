import type { Charset } from "../charset.ts";
import { isAlphanumeric, isLineBreak, tagAt } from "./bytes.ts";

/** The service characters in use, as byte values; -1 if the interchange has none. */
export type Separators = {
  readonly component: number;
  readonly element: number;
  readonly decimal: number;
  readonly release: number;
  readonly repetition: number;
  readonly terminator: number;
  /** The reserved character of UNA if it is not blank and separates nothing (syntax 1 to 3). */
  readonly reserved?: number;
};

/** The service characters without UNA (ISO 9735: `:+.? '`). */
export const defaultSeparators: Separators = {
  component: 0x3a,
  element: 0x2b,
  decimal: 0x2e,
  release: 0x3f,
  repetition: -1,
  terminator: 0x27,
};

/** The service characters of level B interchanges that use the information separators of ISO 646. */
export const controlSeparators: Separators = {
  component: 0x1f,
  element: 0x1d,
  decimal: 0x2e,
  release: -1,
  repetition: -1,
  terminator: 0x1c,
};

const blank = 0x20;

/** Reads the six characters after `UNA` at a position; undefined if they cannot be used as separators. */
export function readUna(bytes: Uint8Array, at: number): Separators | undefined {
  const byte = (place: number) => bytes[at + place] ?? 0;
  const optional = (place: number) => (byte(place) === blank ? -1 : byte(place));
  const separators = {
    component: byte(0),
    element: byte(1),
    decimal: byte(2),
    release: optional(3),
    repetition: optional(4),
    terminator: byte(5),
  };
  if (isDefault(separators)) return defaultSeparators;
  return areUsable(separators) ? separators : undefined;
}

// Nearly all interchanges use these; sharing one object lets tables be found by identity.
function isDefault({ component, element, decimal, release, repetition, terminator }: Separators): boolean {
  const isUsual = component === 0x3a && element === 0x2b && terminator === 0x27 && release === 0x3f;
  return isUsual && decimal === 0x2e && repetition === -1;
}

/**
 * The separators once UNB has given the syntax version. The fifth character of UNA separates repetitions from version 4 on, and
 * is reserved before; a blank there means that nothing does. Version 4 has its default `*` only without UNA (ISO 9735-1).
 */
export function separatorsOf(stated: Separators, version: number, hasUna: boolean): Separators {
  const { repetition } = stated;
  if (version < 4) return repetition === -1 ? stated : { ...stated, repetition: -1, reserved: repetition };
  return !hasUna && stated === defaultSeparators ? { ...stated, repetition: 0x2a } : stated;
}

/** Whether these separators are distinct from each other and from characters of tags. */
export function areUsable(separators: Separators): boolean {
  const { component, element, release, repetition, terminator } = separators;
  const used = [component, element, terminator, release, repetition].filter((byte) => byte !== -1);
  const isBad = (byte: number) => isAlphanumeric(byte) || byte === blank || byte === 0;
  // Line breaks after a release character are skipped, so it cannot be one.
  return new Set(used).size === used.length && !used.some(isBad) && !isLineBreak(release);
}

/** How the tokenizer classifies a byte. */
export const byteClass = {
  data: 0,
  component: 1,
  element: 2,
  terminator: 3,
  repetition: 4,
  release: 5,
  lineBreak: 6,
  foreign: 7,
  /** In ISO 8859-1: Â or Ã, which do not occur in Danish but do in misread UTF-8. */
  utf8Lead: 8,
} as const;

export type LineBreaks = "drop" | "keep";

const usualTables = new Map<string, Uint8Array>();

/** The class of every byte for given separators, repertoire and treatment of line breaks in data. */
export function byteClasses(separators: Separators, charset: Charset, lineBreaks: LineBreaks): Uint8Array {
  if (separators !== defaultSeparators || !charset.known) return makeClasses(separators, charset, lineBreaks);
  const key = lineBreaks === "drop" ? charset.id : charset.encoding + charset.id;
  let table = usualTables.get(key);
  if (!table) {
    table = makeClasses(separators, charset, lineBreaks);
    usualTables.set(key, table);
  }
  return table;
}

function makeClasses(separators: Separators, charset: Charset, lineBreaks: LineBreaks): Uint8Array {
  const table = charset.allowed.map((allowed) => (allowed === 1 ? byteClass.data : byteClass.foreign));
  if (charset.id === "UNOC") table.fill(byteClass.utf8Lead, 0xc2, 0xc4);
  for (const lineBreak of [0x0a, 0x0d]) {
    table[lineBreak] = lineBreaks === "drop" ? byteClass.lineBreak : byteClass.data;
  }
  if (separators.repetition !== -1) table[separators.repetition] = byteClass.repetition;
  if (separators.release !== -1) table[separators.release] = byteClass.release;
  table[separators.component] = byteClass.component;
  table[separators.element] = byteClass.element;
  table[separators.terminator] = byteClass.terminator;
  return table;
}

/** The tag of a segment at [start, end), 0 if it is wrong or not directly followed by a separator. */
export function segmentTag(bytes: Uint8Array, start: number, end: number, separators: Separators): number {
  if (end - start > 3) {
    const follower = bytes[start + 3];
    if (follower !== separators.element && follower !== separators.component) return 0;
  } else if (end - start < 3) return 0;
  return tagAt(bytes, start);
}
