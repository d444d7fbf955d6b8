import { SorId } from "@sor/core/identifiers";
import { getOrganisation, listBranch, listChildren } from "@sor/core/organisations";
import { WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import { readFilter, readParam } from "#lib/server/queries.ts";
import type { PageServerLoad } from "./$types";
import { branchesOf, pictureOf } from "./hierarchy.ts";

const Query = z.object({ dag: WrittenDay.optional() });
const unitsMax = 500;
const aroundMax = 200;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { ctx } = locals;
  const sorId = readParam(SorId, params.sorId);
  const { query, problem } = readFilter(Query, url, ["dag"]);
  const moment = { validAt: query.dag };
  const unit = await getOrganisation(ctx, { sorId, ...moment });
  const above = unit.path.slice(0, -1);
  const [branch, children, siblings] = await Promise.all([
    listBranch(ctx, { sorId, ...moment, limit: unitsMax }),
    listChildren(ctx, { sorId, ...moment, limit: aroundMax }),
    listChildren(ctx, { sorId: above.at(-1)?.sorId ?? null, ...moment, limit: aroundMax }),
  ]);
  const around = {
    above,
    unit,
    siblings: { count: siblings.items.length - 1, isAll: siblings.next === null },
    children: { units: children.items, isAll: children.next === null },
  };
  return {
    problem,
    day: query.dag ?? null,
    unit: { sorId, name: unit.name },
    above,
    picture: pictureOf(around),
    siblings: above.length > 0 ? around.siblings : null,
    children: children.items.map(({ sorId: id, name, childCount }) => ({ sorId: id, name, childCount })),
    hasMoreChildren: children.next !== null,
    ...branchesOf(branch.units),
    isCut: !branch.isAll,
  };
};
