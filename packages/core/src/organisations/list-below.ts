import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { type At, heldAt, momentOf } from "./moment.ts";
import { loadPaths } from "./paths.ts";
import {
  type BelowQuestion,
  DepthKey,
  NameKey,
  BelowQuestion as Question,
  type UnitQuestion,
} from "./schemas.ts";
import {
  type OrganisationSummary,
  o,
  type PathStep,
  type SummaryRow,
  selectSummaryRows,
  summaryColumns,
  v,
  withPaths,
} from "./summaries.ts";

/** From the institution owner down to the unit itself; empty when the unit is not valid on the day. */
export async function listAncestors(ctx: Context, input: UnitQuestion): Promise<PathStep[]> {
  const path = (await loadPaths(ctx.db, [input.sorId], momentOf(ctx, input))).get(input.sorId) ?? [];
  return path.map(({ sorId, level, name }) => ({ sorId, level, name })).reverse();
}

export type Child = OrganisationSummary & { childCount: number };

/** The direct children of a unit on the day, or the institution owners for null, by name; each with its number of children. */
export async function listChildren(ctx: Context, input: BelowQuestion): Promise<Page<Child>> {
  const { sorId, limit, after, ...moment } = Question.parse(input);
  const at = momentOf(ctx, moment);
  const key = after === undefined ? undefined : decodeCursor(NameKey, after);
  const rows = await selectSummaryRows(ctx.db, {
    where: and(
      sorId === null ? sql`${v.parentSorId} is null` : eq(v.parentSorId, sorId),
      heldAt("v", at),
      key && sql`(${v.name}, ${v.sorId}) > (${key[0]}, ${key[1]})`,
    ) as SQL,
    // The constant column is included because the planner does not use the index's order with "is null" alone.
    orderBy: [sql`${v.parentSorId}`, sql`${v.name}`, sql`${v.sorId}`],
    limit: limit + 1,
  });
  const page = toPage(rows, limit, (last) => [last.name, last.sorId]);
  const counts = await countChildren(
    ctx,
    page.items.map((item) => item.sorId),
    at,
  );
  const items = await withPaths(ctx.db, page.items, at);
  return {
    next: page.next,
    items: items.map((item) => ({ ...item, childCount: counts.get(item.sorId) ?? 0 })),
  };
}

/** How many direct children each of some units has on the day; a unit without any is absent. */
export async function countChildren(
  ctx: Context,
  ids: readonly string[],
  at: At,
): Promise<Map<string, number>> {
  const rows = await ctx.db
    .select({ parent: v.parentSorId, count: sql<number>`count(*)::int` })
    .from(v)
    .where(and(sql`${v.parentSorId} = any(${sql.param(ids)}::text[])`, heldAt("v", at)))
    .groupBy(v.parentSorId);
  return new Map(rows.map((row) => [row.parent ?? "", row.count]));
}

/** A unit that has closed below another. */
export type ClosedChild = Pick<SummaryRow, "sorId" | "level" | "name" | "typeCode"> & { validTo: string };

/** The units that stood below one when they last held and have closed by the day, by name. */
export async function listClosedChildren(
  ctx: Context,
  { sorId, validAt, limit }: { sorId: string | null; validAt?: string | undefined; limit: number },
): Promise<ClosedChild[]> {
  const day = momentOf(ctx, { validAt }).validAt;
  const isBelow = sorId === null ? sql`v.parent_sor_id is null` : sql`v.parent_sor_id = ${sorId}`;
  const rows = await ctx.db
    .select({
      sorId: v.sorId,
      level: o.level,
      name: v.name,
      typeCode: v.typeCode,
      validTo: sql<string>`${v.validTo}`,
    })
    .from(v)
    .innerJoin(o, eq(o.sorId, v.sorId))
    .where(
      and(
        isBelow,
        sql`v.superseded_at is null and v.valid_to <= ${day}`,
        sql`not exists (select from organisation_versions later where later.sor_id = v.sor_id
          and later.superseded_at is null and later.valid_from > v.valid_from)`,
      ),
    )
    .orderBy(v.name, v.sorId)
    .limit(limit);
  return rows;
}

export type Descendant = OrganisationSummary & { depth: number };

/** Every unit below one on the day, level by level (depth 1 is the direct children), then by SOR id. */
export async function listDescendants(
  ctx: Context,
  input: BelowQuestion & { sorId: string },
): Promise<Page<Descendant>> {
  const { sorId, limit, after, ...moment } = Question.parse(input);
  const at = momentOf(ctx, moment);
  const key = after === undefined ? undefined : decodeCursor(DepthKey, after);
  const rows = await ctx.db
    .select({ ...summaryColumns, depth: sql<number>`down.depth` })
    .from(downwards(sorId ?? "", at))
    .innerJoin(v, eq(v.id, sql`down.id`))
    .innerJoin(o, eq(o.sorId, v.sorId))
    .where(key && sql`(down.depth, ${v.sorId}) > (${key[0]}::int, ${key[1]})`)
    .orderBy(sql`down.depth`, v.sorId)
    .limit(limit + 1);
  const page = toPage(rows, limit, (last) => [last.depth, last.sorId]);
  return { next: page.next, items: await withPaths(ctx.db, page.items, at) };
}

function downwards(sorId: string, at: At): SQL {
  return sql`(
    with recursive descent as (
      select v.id, v.sor_id, 1 as depth
      from organisation_versions v where v.parent_sor_id = ${sorId} and ${heldAt("v", at)}
      union all
      select v.id, v.sor_id, descent.depth + 1
      from descent join organisation_versions v on v.parent_sor_id = descent.sor_id and ${heldAt("v", at)}
      where descent.depth < 50
    ) select id, depth from descent
  ) as down`;
}
