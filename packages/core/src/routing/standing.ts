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
  const { to, profile } = table.periods.columns;
  const validTo = to[last] as number;
  const named = table.parties.profiles[profile[last] as number]?.successorGln ?? null;
  const successor = named ?? successorOfOwners(table, gln, validTo, at);
  return closedTo({ found: false, gln, reason: "gln-closed", validTo, successor, holdsUntil: noEnd });
}

/** The location number of the unit that succeeded the last one to have this number before it was closed. */
function successorOfOwners(table: RoutingTable, gln: string, closed: number, at: number): string | null {
  for (const owner of table.units.ownersOf(gln)) {
    for (const heir of table.units.at(owner, closed - 1)?.successors ?? []) {
      const found = table.units.glnOf(heir, at);
      if (found && found.gln !== gln) return found.gln;
    }
  }
  return null;
}
