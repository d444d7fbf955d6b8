import type { Context } from "@sor/core";
import { listLocationVersions } from "@sor/core/endpoints";
import { isMistypedGln, recogniseIdentifier } from "@sor/core/identifiers";
import { type SearchHit, SearchQuestion, searchOrganisations } from "@sor/core/organisations";
import { redirect } from "@sveltejs/kit";
import { readQuery } from "#lib/server/queries.ts";
import { withNames } from "#lib/server/unit-view.ts";
import type { PageServerLoad } from "./$types";

const Query = SearchQuestion.pick({ q: true, level: true, after: true }).partial({ q: true });

export const load: PageServerLoad = async ({ locals, url }) => {
  const { q = "", level, after } = readQuery(Query, url);
  const { items, next } = await searchOrganisations(locals.ctx, { q, level, after, limit: 25 });
  if (level === undefined && after === undefined) await goToDirectHit(locals.ctx, q, items);
  return {
    query: { q, level },
    isFirst: after === undefined,
    items: items.map(withNames),
    isMistyped: isMistypedGln(q),
    next,
  };
};

/** Where a number redirects to: the unit if it is the only one, or the page of a location number with none or several units. */
async function goToDirectHit(ctx: Context, q: string, items: readonly SearchHit[]): Promise<void> {
  const exact = items.filter((item) => item.match === "identifier");
  const [only] = exact;
  const isCertain = items.length === 1 || only?.matched?.kind === "gln" || only?.matched?.kind === "sorId";
  if (only && exact.length === 1 && isCertain) redirect(303, `/enhed/${only.sorId}`);
  const gln = recogniseIdentifier(q).find((found) => found.kind === "gln")?.value;
  if (gln === undefined) return;
  if (exact.length > 1 || (await listLocationVersions(ctx.db, gln)).length > 0) {
    redirect(303, `/lokation/${gln}`);
  }
}
