import { and, eq, type SQL, sql } from "drizzle-orm";
import { nameSets } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import { nameGlns, nameUnits } from "../organisations/index.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { dayInDenmark } from "../validity/index.ts";
import {
  ComingKey,
  type ComingKind,
  ComingQuestion,
  type ComingSubject,
  type ComingTypes,
} from "./schemas.ts";

/** What begins or ends to hold by itself on a day, of one unit, location number, or a location number's registrations. */
export type ComingChange = {
  /** The first day on which it is so, `YYYY-MM-DD`. */
  day: string;
  kind: ComingKind;
  subject: ComingSubject;
  /** SOR id, or location number. */
  id: string;
  name: string | null;
  /** Of registrations: the types that begin and that end. */
  begins: ComingTypes;
  ends: ComingTypes;
  recordedAt: Date;
  /** By whom and in which set it was recorded; null for those who may not see the set, and for what came with an import. */
  by: { author: string | null; setId: string; title: string } | null;
};

type Row = Omit<ComingChange, "name" | "by" | "recordedAt"> & {
  recordedAt: string;
  setId: string | null;
  author: string | null;
};

/** The coming changes of the register, earliest first. Facts are for everybody; the author is for those who may see the set. */
export async function listComingChanges(ctx: Context, input: ComingQuestion): Promise<Page<ComingChange>> {
  const { limit, after, ...asked } = ComingQuestion.parse(input);
  const cursor = after === undefined ? undefined : decodeCursor(ComingKey, after);
  const page = toPage(await readTurns(ctx, asked, { cursor, limit: limit + 1 }), limit, (row) => [
    row.day,
    row.subject,
    row.id,
  ]);
  const units = page.items.filter((row) => row.subject === "unit").map((row) => row.id);
  const glns = page.items.filter((row) => row.subject !== "unit").map((row) => row.id);
  const [unitNames, glnNames, sets] = await Promise.all([
    nameUnits(ctx, { sorIds: units }),
    nameGlns(ctx, { glns }),
    nameSets(ctx, { ids: [...new Set(page.items.flatMap((row) => row.setId ?? []))] }),
  ]);
  const items = page.items.map(({ setId, author, recordedAt, ...row }): ComingChange => {
    const title = setId === null ? undefined : sets.get(setId);
    return {
      ...row,
      name: (row.subject === "unit" ? unitNames : glnNames).get(row.id) ?? null,
      recordedAt: new Date(recordedAt),
      by: setId === null || title === undefined ? null : { author, setId, title },
    };
  });
  return { items, next: page.next };
}

type Place = { cursor: (typeof ComingKey)["_output"] | undefined; limit: number };
type Asked = Pick<ComingQuestion, "subtreeOf" | "subject" | "kind">;

async function readTurns(ctx: Context, asked: Asked, { cursor, limit }: Place): Promise<Row[]> {
  const day = dayInDenmark(ctx.now);
  const where = and(
    asked.subject && eq(sql`t.subject`, asked.subject),
    asked.kind && eq(kindOfTurn, asked.kind),
    asked.subtreeOf === undefined ? undefined : within(asked.subtreeOf, day),
    cursor && sql`(t.day, t.subject, t.id) > (${cursor[0]}::date, ${cursor[1]}, ${cursor[2]})`,
  );
  return await ctx.db
    .select({
      day: sql<string>`t.day::text`,
      kind: sql<ComingKind>`${kindOfTurn}`,
      subject: sql<ComingSubject>`t.subject`,
      id: sql<string>`t.id`,
      begins: sql<ComingTypes>`t.begins`,
      ends: sql<ComingTypes>`t.ends`,
      recordedAt: sql<string>`to_char(t.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      setId: sql<string | null>`entry.change_set_id`,
      author: sql<string | null>`entry.actor_name`,
    })
    .from(turns(day))
    .leftJoin(entryOfTurn, sql`true`)
    .where(where)
    .orderBy(sql`t.day`, sql`t.subject`, sql`t.id`)
    .limit(limit);
}

const kindOfTurn = sql`case when not t.is_end then 'begins' when not t.is_start then 'ends' else 'changes' end`;

/** One row per subject and day on which it turns, of present knowledge. Registrations turn on the day of their instant in Denmark. */
function turns(day: string): SQL {
  const sides = (table: string, id: string, subject: ComingSubject) => {
    const [from, column] = [sql.identifier(table), sql.identifier(id)];
    return sql`
      select ${subject} as subject, ${column} as id, valid_from as day, recorded_at, true as is_start, null as type, null as direction
        from ${from} where superseded_at is null and valid_from > ${day}::date
      union all
      select ${subject}, ${column}, valid_to, recorded_at, false, null, null
        from ${from} where superseded_at is null and valid_to > ${day}::date`;
  };
  const end = sql`((${day}::date + 1)::timestamp at time zone 'Europe/Copenhagen')`;
  const registered = (name: string, isStart: boolean) => {
    const instant = sql.identifier(name);
    return sql`select 'registrations', gln, (${instant} at time zone 'Europe/Copenhagen')::date, recorded_at, ${isStart}::boolean,
      message_type, direction from registrations where superseded_at is null and ${instant} >= ${end}`;
  };
  return sql`(
    select subject, id, day, max(recorded_at) as recorded_at, bool_or(is_start) as is_start, bool_or(not is_start) as is_end,
      ${typesWhere(sql`is_start`)} as begins, ${typesWhere(sql`not is_start`)} as ends
    from (
      ${sides("organisation_versions", "sor_id", "unit")}
      union all ${sides("location_versions", "gln", "location")}
      union all ${registered("valid_from", true)}
      union all ${registered("valid_to", false)}
    ) as sides group by subject, id, day
  ) as t`;
}

/** The types of a group that are received and sent, as JSON. */
function typesWhere(side: SQL): SQL {
  const types = (direction: "receive" | "send") =>
    sql`coalesce(jsonb_agg(distinct type order by type) filter (where ${side} and direction = ${direction}), '[]')`;
  return sql`jsonb_build_object('receive', ${types("receive")}, 'send', ${types("send")})`;
}

/** The entry by which the change was recorded: the last about the subject and of its kind, up to when it was recorded. */
const entryOfTurn = sql`lateral (
  select e.change_set_id, e.actor_name from journal_entries e
  where e.subject_type = case t.subject when 'unit' then 'unit' else 'location' end and e.subject_id = t.id
    and e.outcome = 'done' and e.at <= t.recorded_at and e.action in ('unit.edit', 'location.edit', 'registration.edit')
    and (t.subject = 'registrations') = (e.after ? 'registrations')
  order by e.sequence desc limit 1
) as entry`;

/** Condition that the turn is of the unit, of one below it, or of a location number of theirs. */
const within = (sorId: string, day: string) => sql`t.id in (
  with recursive below as (
    select v.sor_id, v.gln from organisation_versions v where v.sor_id = ${sorId} and v.superseded_at is null
    union
    select v.sor_id, v.gln from below join organisation_versions v
      on v.parent_sor_id = below.sor_id and v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day})
  )
  select sor_id from below union all select gln from below where gln is not null)`;
