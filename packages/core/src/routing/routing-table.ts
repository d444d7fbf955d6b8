import { GlnIndex } from "./gln-index.ts";
import { Parties, type PartyRows, type Profile } from "./parties.ts";
import { Ranges } from "./ranges.ts";
import { type Direction, type RouteFormat, TypeDictionary } from "./type-dictionary.ts";
import { Units, type UnitVersion } from "./units.ts";

/** The profile of a location in a period. */
export type PeriodRow = { from: number; to: number; profile: Profile };
/** What a location receives or sends in a period. */
export type PairRow = {
  code: string;
  version: string;
  format: RouteFormat;
  direction: Direction;
  endpointId: string | null;
  from: number;
  to: number;
};

/** The changes of one or more journal entries: whole locations, whole units, parties by id. */
export type TableChange = {
  sequence: number;
  /** Identifies the journal up to that sequence. */
  stamp?: string;
  parties?: Partial<PartyRows>;
  locations?: ReadonlyMap<string, { periods: readonly PeriodRow[]; pairs: readonly PairRow[] }>;
  units?: ReadonlyMap<string, readonly UnitVersion[]>;
};

/** Represents "no endpoint" (a type that is only sent). */
export const noEndpoint = 0xffff_ffff;

/**
 * The register as lookups need it, in flat arrays: some twenty bytes a registered pair. It is always consistent with one
 * sequence: a change is applied in one synchronous step, between two lookups.
 */
export class RoutingTable {
  readonly types = new TypeDictionary();
  readonly parties = new Parties();
  readonly units = new Units();
  readonly index: GlnIndex;
  readonly periods = new Ranges({
    from: new Uint32Array(0),
    to: new Uint32Array(0),
    profile: new Uint32Array(0),
  });
  readonly pairs = new Ranges({
    type: new Uint16Array(0),
    endpoint: new Uint32Array(0),
    from: new Uint32Array(0),
    to: new Uint32Array(0),
  });
  sequence: number;
  /** Identifies the journal up to the sequence: a prefix of its hash. */
  stamp: string;

  constructor(sequence = 0, expectedLocations = 0, stamp = "") {
    this.sequence = sequence;
    this.stamp = stamp;
    this.index = new GlnIndex(expectedLocations);
  }

  get pairCount(): number {
    return this.pairs.rows;
  }
  get locationCount(): number {
    return this.index.size;
  }
  /** Bytes held by the arrays, without dictionaries and units. */
  get bytes(): number {
    return this.index.bytes + this.periods.bytes + this.pairs.bytes;
  }

  /** The index of a location that has ever had rows, or -1. */
  place(gln: string): number {
    return /^\d{13}$/.test(gln) ? this.index.find(Number(gln)) : -1;
  }
  glnAt(place: number): string {
    return String(this.index.glns[place]).padStart(13, "0");
  }

  setPeriods(gln: string, periods: readonly PeriodRow[]): void {
    const sorted = [...periods].sort((a, b) => a.from - b.from);
    const numbers = sorted.map((period) => this.parties.profileNumber(period.profile));
    this.periods.put(this.index.place(Number(gln)), sorted.length, (columns, start) => {
      sorted.forEach((period, i) => {
        columns.from[start + i] = period.from;
        columns.to[start + i] = period.to;
        columns.profile[start + i] = numbers[i] as number;
      });
    });
  }

  /** Sets all that a location receives and sends. Throws on an endpoint that was not added before. */
  setPairs(gln: string, pairs: readonly PairRow[]): void {
    const { columns } = this.pairs;
    this.pairs.put(this.index.place(Number(gln)), pairs.length, (into: typeof columns, start) => {
      for (let i = 0; i < pairs.length; i += 1) {
        const pair = pairs[i] as PairRow;
        into.type[start + i] = this.types.number(pair.code, pair.version, pair.format, pair.direction);
        into.endpoint[start + i] = this.#endpoint(pair.endpointId);
        into.from[start + i] = pair.from;
        into.to[start + i] = pair.to;
      }
    });
  }

  #endpoint(id: string | null): number {
    if (id === null) return noEndpoint;
    const number = this.parties.endpointNumber(id);
    if (number < 0) throw new Error("a registration names an endpoint that was not read");
    return number;
  }

  /** Moves to another sequence atomically: no reader sees a partial change. */
  apply(change: TableChange): void {
    if (change.parties) this.parties.put(change.parties);
    for (const [gln, { periods, pairs }] of change.locations ?? []) {
      this.setPeriods(gln, periods);
      this.setPairs(gln, pairs);
    }
    for (const [sorId, versions] of change.units ?? []) this.units.set(sorId, versions);
    this.periods.compact(this.index.size);
    this.pairs.compact(this.index.size);
    this.sequence = change.sequence;
    this.stamp = change.stamp ?? "";
  }
}
