import type { Context } from "@sor/core";
import { isInForce, roleActions } from "@sor/core/access";
import { findCode } from "@sor/core/code-lists";
import { SorId } from "@sor/core/identifiers";
import { findOrganisation, listChildren, listClosedChildren } from "@sor/core/organisations";
import { dayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import type { TreeUnit } from "#lib/unit-edits/tree.ts";
import { lastDay, levelName } from "#lib/unit-words.ts";
import { m } from "#lib/words/index.ts";

const openMax = 40;
const belowMax = 200;

/** What of the tree is shown: the open branches, the day, and whether with closed units. */
export const TreeQuery = z.object({
  aaben: z
    .string()
    .max(2000)
    .default("")
    .transform((text) =>
      [...new Set(text.split(","))].filter((id) => SorId.safeParse(id).success).slice(-openMax),
    ),
  dag: WrittenDay.optional(),
  lukkede: z.literal("1").optional(),
});
type TreeQuery = z.output<typeof TreeQuery>;

type Shown = { ctx: Context; query: TreeQuery; day: string; tree: string };
type Unit = Pick<TreeUnit, "sorId" | "name" | "count" | "closedAfter"> & {
  level: "owner" | "institution" | "unit";
  typeCode: string | null;
};

/** The actor's own part of the register, if there is one, and the whole of it. */
export async function loadTrees(ctx: Context, query: TreeQuery) {
  const shown = (tree: string): Shown => ({ ctx, query, day: query.dag ?? dayInDenmark(ctx.now), tree });
  const own = await ownUnits(shown("egen"));
  const all = await unitsBelow(shown("hele"), null);
  const trees = [
    ...(own.length > 0
      ? [{ id: "egen", title: m.tree_own(), units: await branches(shown("egen"), own) }]
      : []),
    { id: "hele", title: m.tree_all(), units: await branches(shown("hele"), all.units) },
  ];
  return trees;
}

/** The units at the top of the parts that the actor may edit. */
async function ownUnits({ ctx, day }: Shown): Promise<Unit[]> {
  if (ctx.actor.kind !== "user") return [];
  const grants = ctx.actor.grants.filter(
    (grant) => isInForce(grant, ctx.now) && roleActions[grant.role].has("unit.edit"),
  );
  const ids = grants.flatMap(({ scope }) => (scope.kind === "subtree" ? [scope.sorId] : []));
  const found = await Promise.all(
    [...new Set(ids)].map(async (sorId) => {
      const unit = await findOrganisation(ctx, { sorId, validAt: day });
      if (!unit) return [];
      const { items } = await listChildren(ctx, { sorId, validAt: day, limit: belowMax });
      return [{ ...unit, count: items.length, closedAfter: null }];
    }),
  );
  return found.flat();
}

async function unitsBelow({ ctx, query, day }: Shown, sorId: string | null) {
  const { items, next } = await listChildren(ctx, { sorId, validAt: day, limit: belowMax });
  const closed =
    query.lukkede === undefined
      ? []
      : await listClosedChildren(ctx, { sorId, validAt: day, limit: belowMax });
  const units: Unit[] = [
    ...items.map((item) => ({ ...item, count: item.childCount, closedAfter: null })),
    ...closed.map((unit) => ({ ...unit, count: 0, closedAfter: lastDay(unit.validTo) })),
  ];
  return { units, hasMore: next !== null };
}

async function branches(
  shown: Shown,
  units: readonly Unit[],
  above: readonly string[] = [],
): Promise<TreeUnit[]> {
  const { query, tree } = shown;
  const language = getLanguage();
  return await Promise.all(
    units.map(async ({ sorId, name, count, closedAfter, level, typeCode }) => {
      const hasBelow = count > 0 || (query.lukkede !== undefined && closedAfter === null);
      const isOpen = hasBelow && query.aaben.includes(sorId) && !above.includes(sorId);
      const below = isOpen ? await unitsBelow(shown, sorId) : { units: [], hasMore: false };
      const kind = (typeCode && findCode("entity-types", typeCode)?.[language]) || levelName(level);
      return {
        sorId,
        href: `/enhed/${sorId}`,
        moreHref: `/enhed/${sorId}#underenheder`,
        name,
        kind,
        count,
        closedAfter,
        isOpen,
        id: `${tree}-${sorId}`,
        toggle: hasBelow ? addressWith(query, { sorId, tree, opens: !isOpen }) : null,
        below: isOpen ? await branches(shown, below.units, [...above, sorId]) : [],
        hasMore: below.hasMore,
      };
    }),
  );
}

/** The address of the tree with the branch opened or closed. */
function addressWith(
  { aaben, dag, lukkede }: TreeQuery,
  { sorId, tree, opens }: { sorId: string; tree: string; opens: boolean },
): string {
  const open = opens ? [...aaben, sorId] : aaben.filter((id) => id !== sorId);
  const query = new URLSearchParams({
    ...(open.length > 0 && { aaben: open.join(",") }),
    ...(dag && { dag }),
    ...(lukkede && { lukkede }),
  });
  return `/register?${query}#${tree}-${sorId}`.replaceAll("%2C", ",");
}
