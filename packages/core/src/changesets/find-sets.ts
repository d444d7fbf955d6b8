import { and, desc, eq, inArray, ne, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Problem } from "../editing/index.ts";
import { isInForce, mayAnywhere, roleActions } from "../permissions/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { type ChangeSet, type ChangeSetSummary, getChangeSet, itemCount } from "./change-sets.ts";
import { changeSets } from "./tables.ts";
import { visibleTo } from "./visible-to.ts";

/** The draft in which edits are collected, and the number of its commands. */
export type OpenDraft = { id: string; itemCount: number };

/** The actor's newest draft; undefined when there is none. */
export async function findOpenDraft(ctx: Context): Promise<OpenDraft | undefined> {
  const { actor } = ctx;
  if (actor.kind !== "user" && actor.kind !== "key") return undefined;
  const [draft] = await ctx.db
    .select({ id: changeSets.id, itemCount })
    .from(changeSets)
    .where(and(isHeldBy(actor.id), eq(changeSets.state, "draft")))
    .orderBy(desc(changeSets.updatedAt))
    .limit(1);
  return draft;
}

// Who took a set up works on it; until then its maker.
const isHeldBy = (id: string) =>
  sql`coalesce(${changeSets.editorIds}[cardinality(${changeSets.editorIds})], ${changeSets.ownerId}) = ${id}`;

/** The titles of the sets that the actor may see, by id. */
export async function nameSets(
  ctx: Context,
  { ids }: { ids: readonly string[] },
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: changeSets.id, title: changeSets.title })
    .from(changeSets)
    .where(and(visibleTo(ctx), inArray(changeSets.id, [...ids])));
  return new Map(rows.map(({ id, title }) => [id, title]));
}

const openSetsMax = 20;

/** The sets that are not yet applied, that change the unit or location number and that the actor may see; the newest twenty. */
export async function listOpenSetsOf(
  ctx: Context,
  { type, id }: Problem["subject"],
): Promise<ChangeSetSummary[]> {
  const rows = await ctx.db
    .select({ set: changeSets, itemCount })
    .from(changeSets)
    .where(
      and(
        visibleTo(ctx),
        inArray(changeSets.state, ["draft", "submitted", "approved", "declined", "proposed"]),
        sql`(exists (select 1 from change_set_items i
          where i.change_set_id = ${changeSets.id} and i.subject_type = ${type} and i.subject_id = ${id})
          or exists (select 1 from proposals p
          where p.change_set_id = ${changeSets.id} and p.subject_type = ${type} and p.subject_id = ${id}))`,
      ),
    )
    .orderBy(desc(changeSets.updatedAt), desc(changeSets.id))
    .limit(openSetsMax);
  return rows.map(({ set, itemCount: count }) => ({ ...set, itemCount: count }));
}

/**
 * How many submitted sets wait for the actor: made by others, and with nothing outside the part of the register that the actor
 * edits. The approval itself asks again, for each change.
 */
export async function countSetsToApprove(ctx: Context): Promise<number> {
  const { actor, now } = ctx;
  if (actor.kind !== "user" || !mayAnywhere(actor, "change-set.edit", now)) return 0;
  const isAuthor = sql`exists (select 1 from change_set_items i
    where i.change_set_id = ${changeSets.id} and i.added_by = ${actor.id})`;
  const waiting = and(
    visibleTo(ctx),
    eq(changeSets.state, "submitted"),
    ne(changeSets.ownerId, actor.id),
    sql`not ${actor.id} = any(${changeSets.editorIds})`,
    sql`not ${isAuthor}`,
  );
  if ((await ctx.db.$count(changeSets, waiting)) === 0) return 0;
  return await ctx.db.$count(changeSets, and(waiting, withinRights(ctx)));
}

/** How many sets were sent back to the actor, who changes and submits them, or withdraws them. */
export async function countSentBack(ctx: Context): Promise<number> {
  const { actor } = ctx;
  if (actor.kind !== "user") return 0;
  return await ctx.db.$count(changeSets, and(isHeldBy(actor.id), eq(changeSets.state, "declined")));
}

/**
 * How many proposals wait for the actor to answer, and how many of them are beyond the day they were due: those of their part of
 * the register, and for the authority those that no region has, or has left lying beyond that day.
 */
export async function countProposalsToAnswer(ctx: Context): Promise<{ waiting: number; overdue: number }> {
  const { actor, now } = ctx;
  const none = { waiting: 0, overdue: 0 };
  if (actor.kind !== "user") return none;
  const scopes = actor.grants
    .filter((grant) => isInForce(grant, now) && roleActions[grant.role].has("unit.edit"))
    .map(({ scope }) => scope);
  if (scopes.length === 0) return none;
  const parts = scopes.flatMap((scope) => (scope.kind === "subtree" ? [scope.sorId] : []));
  const isOverdue = sql`exists (select from proposals p where p.change_set_id = ${changeSets.id} and p.due_on < ${dayInDenmark(now)})`;
  const isUnattended = sql`(not exists (select from grants g where g.role = 'region' and g.scope_kind = 'subtree'
      and g.scope_sor_id = any(${changeSets.sorIds}) and g.valid_from <= ${now}
      and (g.valid_to is null or g.valid_to > ${now}))
    or ${isOverdue})`;
  const isMine = scopes.some((scope) => scope.kind === "all")
    ? or(
        isUnattended,
        parts.length > 0 ? sql`${changeSets.sorIds} && ${sql.param(parts)}::text[]` : undefined,
      )
    : sql`${changeSets.sorIds} && ${sql.param(parts)}::text[]`;
  const [counted = none] = await ctx.db
    .select({
      waiting: sql<number>`count(*)::int`,
      overdue: sql<number>`(count(*) filter (where ${isOverdue}))::int`,
    })
    .from(changeSets)
    .where(and(visibleTo(ctx), eq(changeSets.state, "proposed"), ne(changeSets.ownerId, actor.id), isMine));
  return counted;
}

function withinRights({ actor, now }: Context): SQL | undefined {
  if (actor.kind !== "user") return sql`false`;
  const scopes = actor.grants
    .filter((grant) => isInForce(grant, now) && roleActions[grant.role].has("unit.edit"))
    .map(({ scope }) => scope);
  if (scopes.some((scope) => scope.kind === "all")) return undefined;
  const parts = scopes.flatMap((scope) => (scope.kind === "subtree" ? [scope.sorId] : []));
  return or(
    actor.supplierId === null
      ? undefined
      : sql`${changeSets.supplierId} = ${actor.supplierId} and ${changeSets.supplierIds} <@ array[${actor.supplierId}]::text[]`,
    parts.length === 0 ? sql`false` : sql`not exists ${itemOutside(parts, dayInDenmark(now))}`,
  );
}

// A unit that the set itself creates stands nowhere yet, and a location number that no unit has neither: they do not count.
const itemOutside = (parts: readonly string[], day: string) => sql`(
  with recursive below as (
    select v.sor_id, v.gln from organisation_versions v
    where v.sor_id = any(${sql.param(parts)}::text[]) and v.superseded_at is null
    union
    select v.sor_id, v.gln from below join organisation_versions v on v.parent_sor_id = below.sor_id
      and v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day})
  )
  select 1 from change_set_items i where i.change_set_id = ${changeSets.id} and case i.subject_type
    when 'unit' then i.subject_id not in (select sor_id from below)
      and exists (select 1 from organisations o where o.sor_id = i.subject_id)
    else i.subject_id not in (select gln from below where gln is not null)
      and exists (select 1 from organisation_versions v where v.gln = i.subject_id and v.superseded_at is null)
  end)`;

/** Those of the sets that the actor may see. */
export async function visibleSetIds(ctx: Context, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select({ id: changeSets.id })
    .from(changeSets)
    .where(and(inArray(changeSets.id, [...ids]), visibleTo(ctx)));
  return rows.map(({ id }) => id);
}

/** A change set, or undefined where there is none that the actor may see. */
export async function findChangeSet(ctx: Context, { id }: { id: string }): Promise<ChangeSet | undefined> {
  const [found] = await ctx.db
    .select({ id: changeSets.id })
    .from(changeSets)
    .where(and(eq(changeSets.id, id), visibleTo(ctx)));
  return found && (await getChangeSet(ctx, found));
}
