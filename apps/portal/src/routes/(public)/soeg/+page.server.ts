import type { Context } from "@sor/core";
import { listLocationVersions } from "@sor/core/endpoints";
import { isMistypedGln, recogniseIdentifier } from "@sor/core/identifiers";
import { countMax, type SearchHit, SearchQuestion, searchOrganisations } from "@sor/core/organisations";
import { redirect } from "@sveltejs/kit";
import { readQuery } from "#lib/server/queries.ts";
import { withNames } from "#lib/server/unit-view.ts";
import type { PageServerLoad } from "./$types";

const Query = SearchQuestion.pick({ q: true, kind: true, after: true }).partial({ q: true });

export const load: PageServerLoad = async ({ locals, url }) => {
  const { q = "", kind, after } = readQuery(Query, url);
  const question = { q, kind, after, limit: 25, folded: true };
  const { items, next, count } = await searchOrganisations(locals.ctx, question);
  if (kind === undefined && after === undefined) await goToDirectHit(locals.ctx, q, items);
  return {
    query: { q, kind },
    isFirst: after === undefined,
    items: items.map(withNames),
    isMistyped: isMistypedGln(q),
    next,
    count,
    isLeast: count === countMax,
  };
};

/** Where a number redirects to: the unit if it is the only one, or the page of a location number with none or several units. */
async function goToDirectHit(ctx: Context, q: string, items: readonly SearchHit[]): Promise<void> {
  const exact = items.filter((item) => item.match === "identifier");
  const [only] = exact;
  const isCertain = items.length === 1 || only?.matched?.kind === "gln" || only?.matched?.kind === "sorId";
  if (only && exact.length === 1 && isCertain) redirect(303, `/enhed/${askedUnit(only)}`);
  const gln = recogniseIdentifier(q).find((found) => found.kind === "gln")?.value;
  if (gln === undefined) return;
  if (exact.length > 1 || (await listLocationVersions(ctx.db, gln)).length > 0) {
    redirect(303, `/lokation/${gln}`);
  }
}

/** The unit that has the number itself: of a folded hit perhaps one of the units under it. */
function askedUnit(hit: SearchHit): string {
  const asked = hit.units.filter((unit) => unit.isMatch);
  return hit.isMatch || asked.length !== 1 ? hit.sorId : (asked[0]?.sorId ?? hit.sorId);
}
