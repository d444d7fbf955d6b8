import { and, asc, eq, gt, inArray, lt, lte, or, type SQL, sql } from "drizzle-orm";
import { type Context, inSnapshot } from "../context.ts";
import type { ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { currentSequence, type JournalEntry } from "../journal/index.ts";
import { journalEntries } from "../journal/tables.ts";
import { getUnitLine } from "../organisations/index.ts";
import { decodeCursor, toPage } from "../paging.ts";
import { startOfDayInDenmark } from "../validity/index.ts";
import { DiffKey, type DiffQuestion, JournalFacts } from "./schemas.ts";

/** What became different about one unit, its successors, whether it was registered in error, a location number or its registrations. */
export type NetDifference = {
  type: "unit" | "successors" | "withdrawal" | "location" | "registrations";
  id: string;
  removed: unknown[];
  added: unknown[];
};

/** A page of differences; `from` and `to` are the journal numbers compared. */
type RegisterDiff = { from: number; to: number; items: NetDifference[]; next: string | null };

const { sequence, at, subjectType, subjectId, outcome } = journalEntries;

/**
 * The net differences between two moments of knowledge, by subject in the order of their first change; what changed and was taken
 * back is left out, so that a page may have fewer items than asked for. Throws `not-found` for an unknown unit in `subtreeOf`.
 */
export async function diffRegister(ctx: Context, input: DiffQuestion): Promise<RegisterDiff> {
  const { limit, subtreeOf } = input;
  const key = input.after === undefined ? undefined : decodeCursor(DiffKey, input.after);
  return await inSnapshot(ctx, async (tx) => {
    const from = await sequenceAt(tx, input.from);
    const to =
      key?.[0] ?? (input.to === undefined ? await currentSequence(tx) : await sequenceAt(tx, input.to));
    if (from > to) throw new DomainError("invalid", "reversed", { at: "to" });
    if (subtreeOf !== undefined) await getUnitLine(tx, subtreeOf);
    const within = subtreeOf === undefined ? undefined : await inSubtree(tx, subtreeOf, [from, to]);
    const range = { from, to, after: key?.[1] ?? from };
    const { items: subjects, next } = toPage(
      await firstEntries(tx, range, within, limit + 1),
      limit,
      (last) => [to, last.sequence],
    );
    return { from, to, items: await netOf(tx, range, subjects), next };
  });
}

async function sequenceAt(db: ReadDatabase, moment: number | string): Promise<number> {
  const head = await currentSequence(db);
  if (typeof moment === "number") return Math.min(moment, head);
  const [row] = await db
    .select({ last: sql<string | null>`max(${sequence})` })
    .from(journalEntries)
    .where(lt(at, startOfDayInDenmark(moment)));
  return Number(row?.last ?? 0);
}

type Subject = { type: string; id: string; sequence: number };
type Range = { from: number; to: number };

const isAboutRegister = and(inArray(subjectType, ["unit", "location"]), eq(outcome, "done"));
const isWithin = ({ from, to }: Range) => and(gt(sequence, from), lte(sequence, to));

async function firstEntries(
  db: ReadDatabase,
  { from, to, after }: Range & { after: number },
  within: SQL | undefined,
  limit: number,
): Promise<Subject[]> {
  const hasEarlier = sql`exists (select from journal_entries e where e.subject_type = ${subjectType}
    and e.subject_id = ${subjectId} and e.outcome = 'done' and e.sequence > ${from} and e.sequence < ${sequence})`;
  return await db
    .select({ type: subjectType, id: subjectId, sequence })
    .from(journalEntries)
    .where(and(isWithin({ from: after, to }), isAboutRegister, sql`not ${hasEarlier}`, within))
    .orderBy(asc(sequence))
    .limit(limit);
}

/** Condition that an entry is about a unit that is, or stands below, the root at one of the moments, or about a number of such a unit. */
async function inSubtree(db: ReadDatabase, root: string, moments: readonly number[]): Promise<SQL> {
  const entries = await db
    .select({ at })
    .from(journalEntries)
    .where(inArray(sequence, [...moments]));
  const known = or(
    sql`false`,
    ...entries.map(({ at: instant }) => {
      const text = instant.toISOString();
      return sql`(v.recorded_at <= ${text}::timestamptz and (v.superseded_at is null or v.superseded_at > ${text}::timestamptz))`;
    }),
  );
  const below = await db
    .select({ sorId: sql<string>`down.sor_id`, glns: sql<string[]>`down.glns` })
    .from(sql`(
      with recursive descent as (
        select ${root}::text as sor_id
        union
        select v.sor_id from descent join organisation_versions v on v.parent_sor_id = descent.sor_id and ${known}
      )
      select descent.sor_id, coalesce(array_agg(distinct v.gln) filter (where v.gln is not null), '{}') as glns
      from descent left join organisation_versions v on v.sor_id = descent.sor_id and ${known}
      group by descent.sor_id) as down`);
  const sorIds = below.map((unit) => unit.sorId);
  const glns = below.flatMap((unit) => unit.glns);
  return sql`((${subjectType} = 'unit' and ${subjectId} = any(${sql.param(sorIds)}::text[]))
    or (${subjectType} = 'location' and ${subjectId} = any(${sql.param(glns)}::text[])))`;
}

async function netOf(db: ReadDatabase, range: Range, subjects: readonly Subject[]): Promise<NetDifference[]> {
  if (subjects.length === 0) return [];
  const ids = [...new Set(subjects.map(({ id }) => id))];
  const entries = await db
    .select()
    .from(journalEntries)
    .where(and(isWithin(range), isAboutRegister, inArray(subjectId, ids)))
    .orderBy(asc(sequence));
  const bySubject = Map.groupBy(entries, (entry) => `${entry.subjectType} ${entry.subjectId}`);
  return subjects.flatMap(({ type, id }) => netOfSubject(id, bySubject.get(`${type} ${id}`) ?? []));
}

const members = [
  ["unit", "versions"],
  ["successors", "replacedBy"],
  ["withdrawal", "withdrawal"],
  ["registrations", "registrations"],
] as const;

function netOfSubject(id: string, entries: readonly JournalEntry[]): NetDifference[] {
  const sides = entries.map(({ before, after }) =>
    [before, after].map((side) => JournalFacts.safeParse(side ?? {}).data ?? {}),
  );
  return members.flatMap(([name, member]): NetDifference[] => {
    const net = composed(sides.map((pair) => pair.map((side) => side[member] ?? [])));
    if (net.removed.length + net.added.length === 0) return [];
    const type = name === "unit" && entries[0]?.subjectType === "location" ? "location" : name;
    const shown =
      member === "versions" ? (facts: unknown[]) => facts.map(periodOf) : (facts: unknown[]) => facts;
    return [{ type, id, removed: shown(net.removed), added: shown(net.added) }];
  });
}

const periodOf = (version: unknown) => {
  const { validFrom, validTo, ...content } = version as Record<string, unknown>;
  return { validFrom, validTo, content };
};

/** Consecutive changes as one: what was added and later removed, and the reverse, is neither. */
function composed(changes: readonly (readonly unknown[][])[]): { removed: unknown[]; added: unknown[] } {
  const [removed, added] = [new Map<string, unknown>(), new Map<string, unknown>()];
  for (const [went = [], came = []] of changes) {
    for (const fact of went) move(fact, added, removed);
    for (const fact of came) move(fact, removed, added);
  }
  return { removed: [...removed.values()], added: [...added.values()] };
}

function move(fact: unknown, from: Map<string, unknown>, to: Map<string, unknown>): void {
  const key = keyOf(fact);
  if (!from.delete(key)) to.set(key, fact);
}

/** Equal for equal values, whatever the order of their members. */
const keyOf = (fact: unknown): string =>
  JSON.stringify(fact, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
