import { listShakDifferences, type ShakDifference } from "@sor/core/organisations";
import { dayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import { readFilter } from "#lib/server/queries.ts";
import { wordsOfShak } from "#lib/server/shak/words.ts";
import type { PageServerLoad } from "./$types";

const Query = z.object({
  fra: WrittenDay.optional(),
  til: WrittenDay.optional(),
  under: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[0-9A-ZÆØÅ]{1,7}$/)
    .optional(),
  efter: z.string().max(200).optional(),
});
/** The last day on which SHAK was maintained. */
const ended = "2025-04-30";

const kindOf = (code: string) => (code.length === 4 ? "hospital" : code.length === 6 ? "department" : "ward");

function factsText(code: string, facts: ShakDifference["before"]): string {
  if (facts === null) return "";
  const { institutionKind, owner, specialities } = wordsOfShak({ kind: kindOf(code), groups: facts.groups });
  return [facts.name, institutionKind, owner, specialities].filter((text) => text !== "").join(" · ");
}

export const load: PageServerLoad = async ({ locals, url }) => {
  const { query, problem } = readFilter(Query, url, ["fra", "til", "under"]);
  const to = query.til ?? dayInDenmark(locals.ctx.now);
  const from = query.fra ?? ended;
  const { under, efter: after } = query;
  const { items, next } = await listShakDifferences(locals.ctx, { from, to, under, after });
  const more = new URLSearchParams({ fra: from, til: to, ...(under && { under }), efter: next ?? "" });
  return {
    problem,
    ...{ from, to, under: under ?? "" },
    more: next && `/shak/forskelle?${more}`,
    items: items.map(({ code, before, after: then }) => ({
      code,
      what: before === null ? ("new" as const) : then === null ? ("ended" as const) : ("changed" as const),
      before: factsText(code, before),
      after: factsText(code, then),
      day: then === null ? from : to,
    })),
  };
};
