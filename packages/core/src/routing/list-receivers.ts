import { findMessageType } from "@sor/edi";
import { holds, noEnd, toText } from "./moments.ts";
import { nextChangeOf } from "./next-change.ts";
import { isSame, typeFor, versionFor } from "./resolve-route.ts";
import type { RoutingTable } from "./routing-table.ts";
import type { Receiver } from "./schemas.ts";
import { standingOf } from "./standing.ts";
import type { RouteFormat } from "./type-dictionary.ts";
import type { UnitVersion } from "./units.ts";

/** Asks who receives a type: everyone, or those in an area or below a unit. */
export type ReceiversQuestion = {
  messageType: string;
  version?: string | undefined;
  format?: RouteFormat | undefined;
  region?: string | undefined;
  municipality?: string | undefined;
  postalCode?: string | undefined;
  subtreeOf?: string | undefined;
  at: number;
  limit: number;
  /** Only location numbers after this one: the key of the next page. */
  after?: string | undefined;
};

type Found = { gln: number; row: number };

type ReceiversPage = {
  items: Receiver[];
  /** The last location number of the page when there are more pages. */
  next: string | null;
  /** The second until which the page stays valid if the register does not change. */
  holdsUntil: number;
};

/**
 * The locations that receive a type at a moment, ordered by location number, at most `limit`. Undefined for a type or version
 * that neither the catalogue nor the register contains.
 */
export function listReceivers(table: RoutingTable, question: ReceiversQuestion): ReceiversPage | undefined {
  if (!isKnown(table, question)) return undefined;
  const wanted = wantedTypes(table, question);
  const after = question.after === undefined ? -1 : Number(question.after);
  const lowest = new Lowest(question.limit + 1);
  const { glns } = table.index;
  let holdsUntil = noEnd;
  for (let place = 0; place < glns.length; place += 1) {
    const gln = glns[place] as number;
    if (gln <= after || !lowest.mayTake(gln)) continue;
    const row = receivingRow(table, place, wanted, question.at);
    if (row === nowhere) continue;
    holdsUntil = Math.min(holdsUntil, nextChangeOf(table, place, question.at));
    if (row >= 0 && isIn(table, place, question)) lowest.take({ gln, row });
  }
  const found = lowest.sorted();
  const items = found.slice(0, question.limit).map((hit) => receiverView(table, hit, question.at));
  return { items, next: found.length > question.limit ? (items.at(-1)?.gln ?? null) : null, holdsUntil };
}

/** Whether the type, and the version if given, is in the catalogue or registered. */
function isKnown(table: RoutingTable, question: ReceiversQuestion): boolean {
  const asked = typeFor(question);
  const version = versionFor(question, asked);
  const isRegistered = table.types.entries.some(
    (entry) => isSame(entry.code, asked.code) && (version === undefined || isSame(entry.version, version)),
  );
  return isRegistered || (asked.isInCatalogue && findMessageType(asked.code, version) !== undefined);
}

/** By type entry number: 1 if the entry matches the question. */
function wantedTypes(table: RoutingTable, question: ReceiversQuestion): Uint8Array {
  const asked = typeFor(question);
  const version = versionFor(question, asked);
  return Uint8Array.from(table.types.entries, (entry) =>
    isSame(entry.code, asked.code) &&
    entry.direction === "receive" &&
    (version === undefined || isSame(entry.version, version))
      ? 1
      : 0,
  );
}

/** Result for a location that does not receive a wanted type at any time. */
const nowhere = -2;

/** The newest row in force with a wanted type; -1 when none is in force, `nowhere` when the location has none at all. */
function receivingRow(table: RoutingTable, place: number, wanted: Uint8Array, at: number): number {
  const { type, from, to, endpoint } = table.pairs.columns;
  const start = table.pairs.start(place);
  const end = start + table.pairs.count(place);
  let [best, found] = [-1, nowhere];
  for (let row = start; row < end; row += 1) {
    const number = type[row] as number;
    if (wanted[number] !== 1) continue;
    found = Math.max(found, -1);
    if (!holds(from[row] as number, to[row] as number, at)) continue;
    if (table.parties.endpoints[endpoint[row] as number]?.state === "closed") continue;
    const rank = table.types.rankOf[number] as number;
    if (rank > best) [best, found] = [rank, row];
  }
  return found;
}

/** Whether a location is open and in the area asked for: through a unit that uses it, or through its own region. */
function isIn(table: RoutingTable, place: number, question: ReceiversQuestion): boolean {
  const gln = table.glnAt(place);
  const standing = standingOf(table, gln, place, question.at);
  if (!standing.isOpen) return false;
  const { region, municipality, postalCode, subtreeOf, at } = question;
  if (region === undefined && municipality === undefined && !postalCode && subtreeOf === undefined)
    return true;
  const ownRegion = table.parties.profiles[standing.profile]?.regionCode ?? null;
  const fits = (sorId: string, unit: UnitVersion) =>
    (region === undefined || (unit.region ?? ownRegion) === region) &&
    (municipality === undefined || sameMunicipality(unit.municipality, municipality)) &&
    (postalCode === undefined || unit.postCode === postalCode) &&
    (subtreeOf === undefined || table.units.isBelow(sorId, subtreeOf, at));
  const units = table.units.find("gln", gln, at);
  if (units.some(({ sorId, unit }) => fits(sorId, unit))) return true;
  return (
    units.length === 0 &&
    region !== undefined &&
    ownRegion === region &&
    !municipality &&
    !postalCode &&
    !subtreeOf
  );
}

/** Municipality codes have three digits and, in some sources, a leading zero. */
const sameMunicipality = (one: string | null, other: string) =>
  one !== null && one.padStart(4, "0") === other.padStart(4, "0");

function receiverView(table: RoutingTable, { gln, row }: Found, at: number): Receiver {
  const text = String(gln).padStart(13, "0");
  const { type, to } = table.pairs.columns;
  const entry = table.types.entries[type[row] as number];
  if (!entry) throw new RangeError("a pair names a type that was not read");
  const ends = to[row] as number;
  const units = table.units.find("gln", text, at).map(({ sorId, unit }) => ({
    sorId: sorId as Receiver["units"][number]["sorId"],
    name: unit.name,
    region: unit.region,
    municipality: unit.municipality,
    postCode: unit.postCode,
  }));
  return {
    gln: text,
    messageType: entry.code,
    version: entry.version,
    format: entry.format,
    validTo: ends === noEnd ? null : toText(ends),
    units,
  };
}

/** Keeps the `size` lowest of any number of location numbers. */
class Lowest {
  readonly #size: number;
  #held: Found[] = [];
  #limit = Number.POSITIVE_INFINITY;

  constructor(size: number) {
    this.#size = size;
  }
  mayTake(gln: number): boolean {
    return gln < this.#limit;
  }
  take(found: Found): void {
    this.#held.push(found);
    if (this.#held.length >= this.#size * 2) this.#trim();
  }
  sorted(): Found[] {
    this.#trim();
    return this.#held;
  }
  #trim(): void {
    this.#held.sort((a, b) => a.gln - b.gln);
    this.#held.length = Math.min(this.#held.length, this.#size);
    if (this.#held.length === this.#size) this.#limit = this.#held[this.#size - 1]?.gln ?? this.#limit;
  }
}
