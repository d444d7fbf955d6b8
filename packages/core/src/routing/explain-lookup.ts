import { type Context, inSnapshot } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { currentSequence } from "../journal/index.ts";
import { unitsAroundGlns } from "../organisations/index.ts";
import { explainRoute } from "./explain-route.ts";
import { readLocations, readParties, readUnits } from "./read-rows.ts";
import type { RouteQuestion } from "./resolve-route.ts";
import { RoutingTable } from "./routing-table.ts";
import type { RouteExplanation } from "./schemas.ts";

/**
 * Explains one lookup, read from the database: the same rules as the gateway's, over a table that holds only the locations the
 * answer can name. For people who look up one location; programs use the gateway.
 */
export async function explainLookup(ctx: Context, question: RouteQuestion): Promise<RouteExplanation> {
  return await inSnapshot(ctx, async (tx) => {
    const table = await loadAround(tx, question);
    return explainRoute(table, question);
  });
}

/** Successions are followed this far here; the gateway's table follows them to their end. */
const stepsMax = 50;

async function loadAround(tx: Transaction, question: RouteQuestion): Promise<RoutingTable> {
  const units: Awaited<ReturnType<typeof readUnits>> = new Map();
  const locations: Awaited<ReturnType<typeof readLocations>> = new Map();
  let wave = [question.gln, ...(question.sender === undefined ? [] : [question.sender])];
  for (let step = 0; wave.length > 0 && step < stepsMax; step += 1) {
    const around = await readUnits(tx, await unitsAroundGlns(tx, wave));
    const read = await readLocations(tx, wave);
    for (const [sorId, versions] of around) units.set(sorId, versions);
    for (const [gln, rows] of read) locations.set(gln, rows);
    const owned = [...around.values()].flatMap((versions) => versions.flatMap(({ gln }) => gln ?? []));
    const named = [...read.values()].flatMap(({ periods }) =>
      periods.flatMap(({ profile }) => profile.successorGln ?? []),
    );
    wave = [...new Set([...owned, ...named])].filter((gln) => !locations.has(gln));
  }
  const endpointIds = [...locations.values()].flatMap(({ pairs }) =>
    pairs.flatMap(({ endpointId }) => endpointId ?? []),
  );
  const table = new RoutingTable(await currentSequence(tx), locations.size);
  table.parties.put(await readParties(tx, [...new Set(endpointIds)]));
  for (const [gln, { periods, pairs }] of locations) {
    if (periods.length > 0) table.setPeriods(gln, periods);
    if (pairs.length > 0) table.setPairs(gln, pairs);
  }
  for (const [sorId, versions] of units) table.units.set(sorId, versions);
  return table;
}
