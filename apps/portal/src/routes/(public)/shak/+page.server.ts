import { formatDay } from "#lib/format-time.ts";
import { readFilter } from "#lib/server/queries.ts";
import { loadShak, queryText, ShakQuery, treeUnits } from "#lib/server/shak/tree.ts";
import { levelOfShak } from "#lib/server/shak/words.ts";
import { lastDay } from "#lib/unit-words.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals, url }) => {
  const { query, problem } = readFilter(ShakQuery, url, ["dag", "q"]);
  const { nodes, open, found, next } = await loadShak(locals.ctx, query);
  const { aaben: _, q: __, ...rest } = query;
  const isHistoric = query.historiske !== undefined;
  return {
    problem,
    day: query.dag ?? null,
    q: query.q ?? "",
    isHistoric,
    open,
    units: treeUnits(query, open, nodes),
    found: found && {
      isAll: found.isAll,
      items: found.items.map(({ code, name, kind, validTo, isValid }) => ({
        ...{ code, name, level: levelOfShak(kind) },
        ended: isValid || validTo === null ? null : formatDay(lastDay(validTo)),
      })),
    },
    csv: `/shak/shak.csv?${queryText(query)}`,
    next: next && `/shak?${queryText({ ...query, efter: next, q: undefined, aaben: [] })}`,
    first: query.efter === undefined ? null : `/shak?${queryText({ ...rest, aaben: [], efter: undefined })}`,
  };
};
