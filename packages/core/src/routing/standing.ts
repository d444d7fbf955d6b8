import { hasGlnCheckDigit } from "../identifiers/index.ts";
import { holds, noEnd } from "./moments.ts";
import type { RouteMiss } from "./outcome.ts";
import type { RoutingTable } from "./routing-table.ts";

/** The state of a location at a second: the profile in force (-1 when none is registered), or why it has no routes. */
export type Standing = { isOpen: true; profile: number; until: number } | { isOpen: false; miss: RouteMiss };

const closedTo = (miss: RouteMiss): Standing => ({ isOpen: false, miss });

/** Whether a location is known, open and active. */
export function standingOf(table: RoutingTable, gln: string, place: number, at: number): Standing {
  const { periods } = table;
  const count = place < 0 ? 0 : periods.count(place);
  if (count === 0) return withoutPeriod(table, gln, place);
  const { from, to, profile } = periods.columns;
  const start = periods.start(place);
  for (let row = start; row < start + count; row += 1) {
    const begins = from[row] as number;
    const ends = to[row] as number;
    if (at < begins) {
      const planned = { reason: "not-yet-valid", what: "gln", validFrom: begins } as const;
      return closedTo({ found: false, gln, ...planned, holdsUntil: begins });
    }
    if (!holds(begins, ends, at)) continue;
    const number = profile[row] as number;
    if (!table.parties.profiles[number]?.nonActive) return { isOpen: true, profile: number, until: ends };
    return closedTo({ found: false, gln, reason: "gln-inactive", holdsUntil: ends });
  }
  return afterLast(table, gln, start + count - 1, at);
}

function withoutPeriod(table: RoutingTable, gln: string, place: number): Standing {
  if (place >= 0 && table.pairs.count(place) > 0) return { isOpen: true, profile: -1, until: noEnd };
  const reason = hasGlnCheckDigit(gln) ? "gln-unknown" : "gln-invalid";
  return closedTo({ found: false, gln, reason, holdsUntil: noEnd });
}

function afterLast(table: RoutingTable, gln: string, last: number, at: number): Standing {
  const validTo = table.periods.columns.to[last] as number;
  const isWithdrawn = table.units.ownersOf(gln).some((owner) => {
    const unit = table.units.last(owner);
    return unit?.gln === gln && unit.withdrawn;
  });
  const reason = isWithdrawn ? "gln-withdrawn" : "gln-closed";
  const successor = openSuccessor(table, gln, at);
  return closedTo({ found: false, gln, reason, validTo, successor, holdsUntil: noEnd });
}

/**
 * The nearest open location number that took over, step by step, after one that closed; without one the number that is named
 * as its successor. Each number and unit is looked at once, so that a loop ends.
 */
function openSuccessor(table: RoutingTable, gln: string, at: number): string | null {
  const seen = new Set([gln]);
  for (const number of seen) {
    for (const next of successorsOf(table, number, at)) {
      if (seen.has(next)) continue;
      if (isOpen(table, next, at)) return next;
      seen.add(next);
    }
  }
  return namedSuccessor(table, gln);
}

function lastPeriod(table: RoutingTable, gln: string): number | undefined {
  const place = table.place(gln);
  const count = place < 0 ? 0 : table.periods.count(place);
  return count === 0 ? undefined : table.periods.start(place) + count - 1;
}

function isOpen(table: RoutingTable, gln: string, at: number): boolean {
  const last = lastPeriod(table, gln);
  const { to } = table.periods.columns;
  const hasEnded = last !== undefined && (to[last] as number) !== noEnd && (to[last] as number) <= at;
  return !hasEnded && standingOf(table, gln, table.place(gln), at).isOpen;
}

function namedSuccessor(table: RoutingTable, gln: string): string | null {
  const last = lastPeriod(table, gln);
  if (last === undefined) return null;
  const profile = table.parties.profiles[table.periods.columns.profile[last] as number];
  return profile?.successorGln ?? null;
}

/** The numbers that took over: the one named, else those of the units that succeeded the last ones to have the number. */
function successorsOf(table: RoutingTable, gln: string, at: number): string[] {
  const named = namedSuccessor(table, gln);
  if (named !== null) return [named];
  const last = lastPeriod(table, gln);
  if (last === undefined) return [];
  const closed = table.periods.columns.to[last] as number;
  const owners = table.units.ownersOf(gln);
  const heirs = new Set(owners.flatMap((owner) => table.units.at(owner, closed - 1)?.successors ?? []));
  const found: string[] = [];
  for (const heir of heirs) {
    const number = table.units.glnOf(heir, at);
    if (number) found.push(number.gln);
    else if (!table.units.at(heir, at))
      for (const next of table.units.last(heir)?.successors ?? []) heirs.add(next);
  }
  return found;
}
