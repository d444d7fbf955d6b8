import { type Context, inSnapshot } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { currentSequence } from "../journal/index.ts";
import { unitPathOfGln } from "../organisations/index.ts";
import { dayInDenmark } from "../validity/index.ts";
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
    const table = await loadAround(tx, question, dayInDenmark(new Date(question.at * 1000)));
    return explainRoute(table, question);
  });
}

async function loadAround(tx: Transaction, question: RouteQuestion, day: string): Promise<RoutingTable> {
  const units = await readUnits(tx, await unitPathOfGln(tx, question.gln, day));
  const glns = new Set([question.gln, ...(question.sender === undefined ? [] : [question.sender])]);
  for (const versions of units.values()) for (const { gln } of versions) if (gln !== null) glns.add(gln);
  const locations = await readLocations(tx, [...glns]);
  const successors = [...locations.values()].flatMap(({ periods }) =>
    periods.flatMap(({ profile }) => profile.successorGln ?? []),
  );
  for (const [gln, rows] of await readLocations(tx, successors)) locations.set(gln, rows);
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
