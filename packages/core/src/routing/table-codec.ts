import { stampOf } from "../journal/index.ts";
import type { LoadedTable } from "./load-routing-table.ts";
import type { PartyRows, Profile } from "./parties.ts";
import { RoutingTable } from "./routing-table.ts";
import type { TypeEntry } from "./type-dictionary.ts";
import type { UnitVersion } from "./units.ts";

type Head = {
  sequence: number;
  hash: string;
  types: Pick<TypeEntry, "code" | "version" | "format" | "direction">[];
  profiles: Profile[];
  parties: PartyRows;
};

/** A part of the file: bytes, or a function that produces them when they are written. */
type Part = Uint8Array | (() => Uint8Array);

const unitsAtOnce = 5000;

const bytesOf = (array: ArrayBufferView<ArrayBuffer>) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/**
 * Encodes a table as parts of the file, little endian: dictionaries as JSON, numbers as in memory, units as lines. Everything
 * mutable is copied before this returns.
 */
export function encodeTable({ table, hash }: LoadedTable): Part[] {
  const head: Head = {
    sequence: table.sequence,
    hash,
    types: table.types.entries.map(({ code, version, format, direction }) => ({
      code,
      version,
      format,
      direction,
    })),
    profiles: table.parties.profiles,
    parties: table.parties.rows(),
  };
  const places = table.index.size;
  const arrays = [table.index.glns.slice(), ...table.periods.dense(places), ...table.pairs.dense(places)];
  const units = [...table.units.entries()];
  const parts: Part[] = [Buffer.from(JSON.stringify(head)), ...arrays.map(bytesOf)];
  for (let start = 0; start < units.length; start += unitsAtOnce) {
    parts.push(() => Buffer.from(JSON.stringify(units.slice(start, start + unitsAtOnce))));
  }
  return parts;
}

/** Decodes such parts. Throws when they are inconsistent. */
export function decodeTable(parts: readonly Buffer[]): LoadedTable {
  const [head, glns, ...rest] = parts;
  if (!head || !glns || rest.length < 9) throw new Error("the saved table lacks a part");
  const { sequence, hash, types, profiles, parties } = JSON.parse(head.toString()) as Head;
  const numbers = new Float64Array(aligned(glns));
  const table = new RoutingTable(sequence, numbers.length, stampOf(hash));
  for (const { code, version, format, direction } of types)
    table.types.number(code, version, format, direction);
  for (const profile of profiles) table.parties.profileNumber(profile);
  table.parties.put(parties);
  for (const gln of numbers) table.index.place(gln);
  const [periodCounts, from, to, profile, pairCounts, type, endpoint, pairFrom, pairTo, ...units] = rest;
  table.periods.fill(words16(periodCounts), {
    from: words32(from),
    to: words32(to),
    profile: words32(profile),
  });
  table.pairs.fill(words16(pairCounts), {
    type: words16(type),
    endpoint: words32(endpoint),
    from: words32(pairFrom),
    to: words32(pairTo),
  });
  for (const part of units) {
    for (const [sorId, versions] of JSON.parse(part.toString()) as [string, UnitVersion[]][]) {
      table.units.set(sorId, versions);
    }
  }
  return { table, hash };
}

/** A copy of bytes aligned for typed arrays. */
const aligned = (bytes: Buffer | undefined): ArrayBuffer => {
  const copy = new ArrayBuffer(bytes?.byteLength ?? 0);
  if (bytes) new Uint8Array(copy).set(bytes);
  return copy;
};
const words16 = (bytes: Buffer | undefined) => new Uint16Array(aligned(bytes));
const words32 = (bytes: Buffer | undefined) => new Uint32Array(aligned(bytes));
