import { readFilter } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";
import { addressOf, ComingQuery, feedQuery, readComing } from "./coming.ts";

export const load: PageServerLoad = async ({ locals, url }) => {
  const { query, problem } = readFilter(ComingQuery, url, ["under"]);
  const { unit, page } = await readComing(locals.ctx, query);
  const changes = page.items.map((change) => ({ ...change, address: addressOf(change) }));
  return {
    problem,
    query,
    unit,
    days: [...Map.groupBy(changes, (change) => change.day)].map(([day, ofDay]) => ({ day, changes: ofDay })),
    // The author of a set is for those who may see the set: a visitor's page has no such column.
    hasAuthors: changes.some((change) => change.by !== null),
    isFirst: query.after === undefined,
    next: page.next,
    feed: feedQuery(query),
  };
};
