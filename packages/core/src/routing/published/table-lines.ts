import { positionText } from "../../journal/index.ts";
import { noEnd } from "../moments.ts";
import { noEndpoint, type RoutingTable } from "../routing-table.ts";
import { standingOf } from "../standing.ts";
import { endpointView } from "../write-route.ts";

/** The layout of the lines, as the first of them names it. */
export const linesFormat = "sor-routes/1";

/** Which part of the table: everything, or some locations, some endpoints, and perhaps all parties. */
export type TablePart = {
  glns: Iterable<string>;
  endpointIds: Iterable<string>;
  hasParties: boolean;
};

/** Where a table is in its journal. */
export const tablePosition = ({ sequence, stamp }: RoutingTable): string =>
  positionText({ sequence, hash: stamp });

const end = (seconds: number) => (seconds === noEnd ? null : seconds);

/** Writes lines of one answer; types and endpoints are numbered in it, each told before the first line that uses it. */
class LineWriter {
  readonly #table: RoutingTable;
  readonly #types = new Set<number>();
  readonly #endpoints = new Set<number>();
  #lines: unknown[] = [];

  constructor(table: RoutingTable) {
    this.#table = table;
  }

  /** The lines since the last call, as text. */
  take(): string {
    const text = this.#lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    this.#lines = [];
    return text;
  }

  parties(): void {
    const { suppliers, systems, operators } = this.#table.parties;
    for (const { id, name } of suppliers.values()) this.#lines.push(["supplier", id, name]);
    for (const { id, name, version } of systems.values()) this.#lines.push(["system", id, name, version]);
    for (const { code, name } of operators.values()) this.#lines.push(["operator", code, name]);
  }

  endpoint(number: number): number {
    const endpoint = this.#table.parties.endpoints[number];
    if (number === noEndpoint || !endpoint) return -1;
    if (this.#endpoints.has(number)) return number;
    this.#endpoints.add(number);
    const { state, pausedUntil, retry, systemId, supplierId } = endpoint;
    const view = { ...endpointView(endpoint), state, pausedUntil, systemId, supplierId };
    this.#lines.push(["endpoint", number, { ...view, retry: retry ?? this.#table.parties.retry }]);
    return number;
  }

  #type(number: number): number {
    const entry = this.#table.types.entries[number];
    if (!entry || this.#types.has(number)) return number;
    this.#types.add(number);
    const { code, version, format, direction, urn, receiptRule, isCurrent } = entry;
    this.#lines.push(["type", number, { code, version, format, direction, urn, receiptRule, isCurrent }]);
    return number;
  }

  /** A location as a whole; one without periods and pairs is gone. `at` is when its successor is judged, if it has closed by then. */
  location(gln: string, at: number): void {
    const place = this.#table.place(gln);
    const { periods, pairs, parties } = this.#table;
    const [held, registered]: [unknown[], unknown[]] = [[], []];
    let last = noEnd;
    const firstPeriod = place < 0 ? 0 : periods.start(place);
    for (let row = firstPeriod; place >= 0 && row < firstPeriod + periods.count(place); row += 1) {
      const { from, to, profile } = periods.columns;
      const of = parties.profiles[profile[row] as number];
      last = to[row] as number;
      const flags = (of?.nonActive ? 1 : 0) + (of?.onlyInternal ? 2 : 0);
      held.push([from[row], end(last), flags, of?.systemId, of?.supplierId, of?.netOperatorCode]);
    }
    const firstPair = place < 0 ? 0 : pairs.start(place);
    for (let row = firstPair; place >= 0 && row < firstPair + pairs.count(place); row += 1) {
      const { type, endpoint, from, to } = pairs.columns;
      const of = [this.#type(type[row] as number), this.endpoint(endpoint[row] as number)];
      registered.push([...of, from[row], end(to[row] as number)]);
    }
    this.#lines.push(["gln", gln, held, registered, ...this.#after(gln, place, Math.max(at, last))]);
  }

  /** What holds after the last period: the successor, and whether it was withdrawn. */
  #after(gln: string, place: number, at: number): unknown[] {
    if (at >= noEnd) return [];
    const standing = standingOf(this.#table, gln, place, at);
    if (standing.isOpen) return [];
    const { miss } = standing;
    return miss.reason === "gln-closed" || miss.reason === "gln-withdrawn"
      ? [miss.successor, miss.reason === "gln-withdrawn"]
      : [];
  }
}

/** The lines of a part of the table, as text, made in one step. */
export function partLines(
  table: RoutingTable,
  { glns, endpointIds, hasParties }: TablePart,
  at: number,
): string {
  const writer = new LineWriter(table);
  if (hasParties) writer.parties();
  for (const id of endpointIds) writer.endpoint(table.parties.endpointNumber(id));
  for (const gln of glns) writer.location(gln, at);
  return writer.take();
}

const locationsAtOnce = 500;

/**
 * The lines of the whole table, a few hundred locations at a time. The table may move on between them: who reads them asks for
 * what changed since the beginning before the copy is used.
 */
export function* allLines(table: RoutingTable, at: number): Generator<string> {
  const writer = new LineWriter(table);
  writer.parties();
  yield writer.take();
  for (let place = 0; place < table.index.size; place += 1) {
    writer.location(table.glnAt(place), at);
    if (place % locationsAtOnce === locationsAtOnce - 1) yield writer.take();
  }
  yield writer.take();
}
