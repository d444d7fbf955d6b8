import { Shak } from "@sor/core/identifiers";
import { getShakCode, listShakChildren, unitsOfShakCodes } from "@sor/core/organisations";
import { dayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import { readFilter, readParam } from "#lib/server/queries.ts";
import { levelOfShak, regionOfShak, wordsOfShak } from "#lib/server/shak/words.ts";
import type { PageServerLoad } from "./$types";

const Query = z.object({ dag: WrittenDay.optional() });
const childrenMax = 500;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { ctx } = locals;
  const code = readParam(Shak, params.kode);
  const { query, problem } = readFilter(Query, url, ["dag"]);
  const validAt = query.dag ?? dayInDenmark(ctx.now);
  const { periods, ancestors } = await getShakCode(ctx, { code });
  const children = await listShakChildren(ctx, { code, validAt, historic: "include", limit: childrenMax });
  const units = (await unitsOfShakCodes(ctx, { codes: [code], validAt })).get(code) ?? [];
  const isOfDay = ({ validFrom, validTo }: (typeof periods)[number]) =>
    validFrom <= validAt && (validTo === null || validAt < validTo);
  const shown = periods.find(isOfDay) ?? periods.at(-1);
  return {
    problem,
    ...{ code, ancestors, units },
    day: query.dag ?? null,
    name: shown?.name ?? code,
    level: levelOfShak(shown?.kind ?? "hospital"),
    region: regionOfShak(code, units),
    periods: periods.map((period) => ({
      ...{
        validFrom: period.validFrom,
        validTo: period.validTo,
        name: period.name,
        isOfDay: isOfDay(period),
      },
      ...wordsOfShak(period),
    })),
    children: children.items.map(({ code: id, name, isValid }) => ({ code: id, name, isValid })),
    tree: `/shak?aaben=${[...ancestors.map((each) => each.code), code].join(",")}${query.dag ? `&dag=${query.dag}` : ""}${periods.some(isOfDay) ? "" : "&historiske=1"}#shak-${code}`,
  };
};
