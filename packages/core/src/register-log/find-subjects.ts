import { type SQL, sql } from "drizzle-orm";
import { dayInDenmark } from "../validity/index.ts";
import type { Reading } from "./reading.ts";
import { type FieldName, fieldsOf } from "./subject-fields.ts";

export type SubjectKind = "unit" | "location";

/** Which units or location numbers are sought; a link leads to a unit or location number that has to fit in turn. */
export type Condition =
  | { all: readonly Condition[] }
  | { any: readonly Condition[] }
  | { not: Condition }
  | { field: FieldName; value: string }
  | { toldFrom: Date }
  | { via: LinkName; that: Condition };

type LinkName = keyof typeof links;

/** By what a list is in order. Its direction is that of the ids too, so that a page goes on where the last one ended. */
export type SearchOrder = { by: "id" | "name" | "told"; isDescending: boolean };
/** A subject with the value by which the list is in order. */
export type Found = { id: string; key: string };

const tables = {
  unit: { table: sql`organisation_versions`, id: sql`sor_id` },
  location: { table: sql`location_versions`, id: sql`gln` },
} as const;

/** Links from a subject to others: the kind of those, and how a row is joined to one. */
const links = {
  itself: { from: "unit", to: "unit", on: (a: SQL, b: SQL) => sql`${b}.sor_id = ${a}.sor_id` },
  parent: { from: "unit", to: "unit", on: (a: SQL, b: SQL) => sql`${b}.sor_id = ${a}.parent_sor_id` },
  geographicalParent: {
    from: "unit",
    to: "unit",
    on: (a: SQL, b: SQL) => sql`${b}.sor_id = ${a}.geographical_parent_sor_id`,
  },
  location: { from: "unit", to: "location", on: (a: SQL, b: SQL) => sql`${b}.gln = ${a}.gln` },
  holder: { from: "location", to: "unit", on: (a: SQL, b: SQL) => sql`${b}.gln = ${a}.gln` },
} as const satisfies Record<string, { from: SubjectKind; to: SubjectKind; on: (a: SQL, b: SQL) => SQL }>;

type Scope = { day: string; now: Date; depth: number };

/** The row of a subject that stands today: in force, or else the last one, or the first to come; withdrawn units have none. */
function stands(kind: SubjectKind, a: SQL, day: string): SQL {
  const { table, id } = tables[kind];
  const row = sql`${a}.superseded_at is null and not exists (select from ${table} o where o.${id} = ${a}.${id}
    and o.superseded_at is null and case when ${a}.valid_from > ${day} then o.valid_from < ${a}.valid_from
      else o.valid_from > ${a}.valid_from and o.valid_from <= ${day} end)`;
  if (kind === "location") return row;
  return sql`${row} and not exists (select from organisation_withdrawals w where w.sor_id = ${a}.sor_id)`;
}

function compiled(kind: SubjectKind, a: SQL, condition: Condition, scope: Scope): SQL {
  const inner = (each: Condition) => compiled(kind, a, each, scope);
  if ("all" in condition) return joined(condition.all.map(inner), sql` and `, sql`true`);
  if ("any" in condition) return joined(condition.any.map(inner), sql` or `, sql`false`);
  // A comparison with a missing value is neither true nor false.
  if ("not" in condition) return sql`(${inner(condition.not)}) is not true`;
  if ("toldFrom" in condition) {
    return sql`exists (select from register_log t where t.entity = ${kind} and t.subject = ${a}.${tables[kind].id}
      and t.sequence is not null and t.at >= ${condition.toldFrom.toISOString()}::timestamptz)`;
  }
  if ("via" in condition) {
    const link = links[condition.via];
    const b = sql.identifier(`j${scope.depth}`);
    const target = sql`${b}`;
    const that = compiled(link.to, target, condition.that, { ...scope, depth: scope.depth + 1 });
    return sql`exists (select from ${tables[link.to].table} ${b} where ${link.on(a, target)}
      and ${stands(link.to, target, scope.day)} and (${that}))`;
  }
  return fieldsOf(kind, condition.field)(a, condition.value, scope);
}

const joined = (parts: readonly SQL[], by: SQL, none: SQL): SQL =>
  parts.length === 0 ? none : sql`(${sql.join([...parts], by)})`;

const told = (
  kind: SubjectKind,
  a: SQL,
) => sql`(select t.sequence from register_log t where t.entity = ${kind}
  and t.subject = ${a}.${tables[kind].id} and t.sequence is not null order by t.sequence desc limit 1)`;

function orderOf(kind: SubjectKind, a: SQL, by: SearchOrder["by"]): SQL {
  if (by === "told") return sql`lpad(coalesce(${told(kind, a)}, 0)::text, 15, '0')`;
  if (by === "name" && kind === "unit") return sql`lower(${a}.name) collate "C"`;
  return sql`${a}.${tables[kind].id} collate "C"`;
}

type Question = {
  kind: SubjectKind;
  condition: Condition;
  order: SearchOrder;
  after?: Found | undefined;
  limit: number;
};

/** The units or location numbers that fit, as they stand today, in order; at most `limit`, after another when given. */
export async function findSubjects(reading: Reading, question: Question): Promise<Found[]> {
  const { kind, order, after, limit } = question;
  const { from, where } = asked(reading, question);
  const a = sql`s`;
  const id = sql`${a}.${tables[kind].id} collate "C"`;
  const key = orderOf(kind, a, order.by);
  const compare = order.isDescending ? sql`<` : sql`>`;
  const next = after ? sql` and (${key}, ${id}) ${compare} (${after.key}, ${after.id})` : sql``;
  const direction = order.isDescending ? sql` desc` : sql``;
  const { rows } =
    await reading.db.execute<Found>(sql`select ${id} as id, ${key} as key ${from} where ${where}${next}
    order by ${key}${direction}, ${id}${direction} limit ${limit}`);
  return rows;
}

/** How many fit, as they stand today. */
export async function countSubjects(
  reading: Reading,
  question: Pick<Question, "kind" | "condition">,
): Promise<number> {
  const { from, where } = asked(reading, question);
  const { rows } = await reading.db.execute<{ count: number }>(
    sql`select count(*)::int as count ${from} where ${where}`,
  );
  return rows[0]?.count ?? 0;
}

function asked(reading: Reading, { kind, condition }: Pick<Question, "kind" | "condition">) {
  const scope = { day: dayInDenmark(reading.now), now: reading.now, depth: 0 };
  const a = sql`s`;
  return {
    from: sql`from ${tables[kind].table} s`,
    where: sql`${stands(kind, a, scope.day)} and (${compiled(kind, a, condition, scope)})`,
  };
}
