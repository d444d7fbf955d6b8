import { hasRole } from "#lib/server/guards.ts";
import { readFilter } from "#lib/server/queries.ts";
import { loadTrees, TreeQuery } from "#lib/server/unit-edits/tree.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals, url }) => {
  const query = new URL(url);
  const open = query.searchParams.getAll("aaben").join(",");
  if (open) query.searchParams.set("aaben", open);
  const { query: given, problem } = readFilter(TreeQuery, query, ["dag"]);
  const { actor, now } = locals.ctx;
  return {
    problem,
    keepsNumbers: actor.kind === "user" && hasRole(actor, now, "authority", "region"),
    keepsLevels: actor.kind === "user" && hasRole(actor, now, "authority"),
    day: given.dag ?? null,
    withClosed: given.lukkede !== undefined,
    open: given.aaben,
    trees: await loadTrees(locals.ctx, given),
  };
};
