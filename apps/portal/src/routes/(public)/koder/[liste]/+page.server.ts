import { codeListNames, codeListTitles, listCodes } from "@sor/core/code-lists";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import { readFilter, readParam } from "#lib/server/queries.ts";
import { lastDay, levelName } from "#lib/unit-words.ts";
import type { PageServerLoad } from "./$types";

const Query = z.object({ q: z.string().trim().max(100).optional() });

export const load: PageServerLoad = ({ params, url, locals }) => {
  const name = readParam(z.enum(codeListNames), params.liste);
  const { query, problem } = readFilter(Query, url, ["q"]);
  const words = (query.q ?? "").toLowerCase().split(/\s+/);
  const isFound = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const isOfUnits = !name.startsWith("shak-");
  return {
    problem,
    ...{ name, isOfUnits, q: query.q ?? "" },
    title: codeListTitles[name][getLanguage()],
    address: `${locals.config.gatewayOrigin}/v1/code-lists/${name}`,
    codes: listCodes(name)
      .filter(({ code, da, en }) => isFound(`${code} ${da} ${en}`))
      .map(({ code, da, en, for: levels, from, to }) => ({
        ...{ code, da, en, from: from ?? null },
        levels: levels.map(levelName).join(", "),
        until: to === undefined ? null : lastDay(to),
      })),
  };
};
