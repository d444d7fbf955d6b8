import { noEnd } from "./moments.ts";
import type { RoutingTable } from "./routing-table.ts";

/**
 * The first second after `at` at which a location's state, routes or pauses change without a change of the register; `noEnd` when
 * nothing is planned.
 */
export function nextChangeOf(table: RoutingTable, place: number, at: number): number {
  if (place < 0) return noEnd;
  const { periods, pairs } = table;
  let next = noEnd;
  const look = (second: number) => {
    if (at < second && second < next) next = second;
  };
  const firstPeriod = periods.start(place);
  for (let row = firstPeriod; row < firstPeriod + periods.count(place); row += 1) {
    look(periods.columns.from[row] as number);
    look(periods.columns.to[row] as number);
  }
  const firstPair = pairs.start(place);
  for (let row = firstPair; row < firstPair + pairs.count(place); row += 1) {
    look(pairs.columns.from[row] as number);
    look(pairs.columns.to[row] as number);
    const paused = table.parties.endpoints[pairs.columns.endpoint[row] as number]?.pausedUntil;
    if (paused) look(paused);
  }
  return next;
}
