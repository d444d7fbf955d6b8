import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { locationVersions, netOperators, suppliers, systems } from "../endpoints/tables.ts";
import { effectiveValues, type VersionRow } from "../organisations/index.ts";
import { organisationSuccessors, organisations, organisationVersions as v } from "../organisations/tables.ts";
import { holdsAt } from "../validity/index.ts";
import { pagesOf } from "./read-pages.ts";
import type { LocationFacts, UnitLine } from "./source-rows.ts";

const batchRows = 500;
/** Deeper than any real tree; a circle in old data ends here. */
const depthMax = 40;
/** How many ancestors are remembered between batches. */
const rememberedMax = 5000;

type Placed = { id: string; firstFrom: string; isShown: boolean; isPlaced: boolean };

// One period of each unit that is not closed, and the order of the tree that they make; then everything else that is known.
const inOrder = (day: string): SQL => sql`
  with recursive shown as (
    select distinct on (sor_id) id, sor_id, parent_sor_id from organisation_versions
    where superseded_at is null and (valid_to is null or valid_to > ${day}) order by sor_id, valid_from),
  tree as (
    select id, sor_id, array[sor_id collate "C"] as place from shown where parent_sor_id is null
    union all
    select s.id, s.sor_id, t.place || s.sor_id collate "C" from tree t join shown s on s.parent_sor_id = t.sor_id
    where cardinality(t.place) < ${depthMax})
  select v.id, o.first_from as "firstFrom", coalesce(s.id = v.id, false) as "isShown", t.id is not null as "isPlaced"
  from organisation_versions v join organisations o on o.sor_id = v.sor_id
  left join shown s on s.sor_id = v.sor_id left join tree t on t.sor_id = v.sor_id
  where v.superseded_at is null
  order by t.place nulls last, array_position(array['owner', 'institution', 'unit'], o.level), v.sor_id, v.valid_from`;

/** The day as of which a period's surroundings are told: the snapshot's, or the day of the period nearest to it. */
function dayOf({ validFrom, validTo }: VersionRow, day: string): string {
  if (day < validFrom) return validFrom;
  if (validTo === null || day < validTo) return day;
  // The last day of the period; text compares as the days do, and a period has at least one day.
  return new Date(Date.parse(`${validTo}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

const keyOf = (sorId: string, day: string) => `${sorId}@${day}`;

/** Finds the periods of ancestors, a level of the tree at a time, and remembers some. */
function ancestorsIn(tx: Transaction) {
  const known = new Map<string, VersionRow | null>();
  const load = async (wanted: readonly { sorId: string; day: string }[]) => {
    const missing = new Map(
      wanted.flatMap((each) => {
        const key = keyOf(each.sorId, each.day);
        return known.has(key) ? [] : [[key, each]];
      }),
    );
    if (missing.size === 0) return;
    const ids = [...missing.values()].map(({ sorId }) => sorId);
    const days = [...missing.values()].map(({ day }) => day);
    const asked = sql`unnest(${sql.param(ids)}::text[], ${sql.param(days)}::date[]) as asked(sor_id, day)`;
    const rows = await tx
      .select({ row: v, day: sql<string>`asked.day::text` })
      .from(v)
      .innerJoin(asked, sql`asked.sor_id = ${v.sorId}`)
      .where(
        and(
          isNull(v.supersededAt),
          sql`${v.validFrom} <= asked.day and (${v.validTo} is null or ${v.validTo} > asked.day)`,
        ),
      );
    for (const key of missing.keys()) known.set(key, null);
    for (const { row, day } of rows) known.set(keyOf(row.sorId, day), row);
  };
  const parentsOf = (lines: readonly { path: VersionRow[]; day: string }[]) =>
    lines.flatMap(({ path, day }) => {
      const sorId = path.at(-1)?.parentSorId;
      return sorId && path.length < depthMax ? [{ sorId, day }] : [];
    });
  return async (lines: readonly { path: VersionRow[]; day: string }[]): Promise<void> => {
    if (known.size > rememberedMax) known.clear();
    for (let rising = lines; rising.length > 0; ) {
      await load(parentsOf(rising));
      rising = rising.filter(({ path, day }) => {
        const sorId = path.at(-1)?.parentSorId;
        const parent = sorId && path.length < depthMax ? known.get(keyOf(sorId, day)) : undefined;
        if (parent) path.push(parent);
        return Boolean(parent);
      });
    }
  };
}

/** The data of location numbers, all periods that are known now, with the names of who is responsible. */
export async function loadLocations(db: ReadDatabase, glns: readonly string[]): Promise<LocationFacts[]> {
  return await locationsWhere(db, glns, isNull(locationVersions.supersededAt));
}

/** The same with the periods that were known before. */
export async function loadLocationFacts(db: ReadDatabase, glns: readonly string[]): Promise<LocationFacts[]> {
  return await locationsWhere(db, glns, undefined);
}

async function locationsWhere(db: ReadDatabase, glns: readonly string[], known: SQL | undefined) {
  if (glns.length === 0) return [];
  return await db
    .select({
      row: locationVersions,
      supplierName: suppliers.name,
      supplierSorCode: suppliers.sorCode,
      systemName: systems.name,
      systemSorCode: systems.sorCode,
      operatorName: netOperators.name,
    })
    .from(locationVersions)
    .leftJoin(suppliers, eq(suppliers.id, locationVersions.supplierId))
    .leftJoin(systems, eq(systems.id, locationVersions.systemId))
    .leftJoin(netOperators, eq(netOperators.code, locationVersions.netOperatorCode))
    .where(and(inArray(locationVersions.gln, [...glns]), known))
    .orderBy(locationVersions.gln, locationVersions.validFrom);
}

const locationOn = (periods: readonly LocationFacts[] | undefined, day: string): LocationFacts | null =>
  periods?.find(({ row }) => holdsAt(row, day)) ?? periods?.at(-1) ?? null;

async function successionsOf(tx: Transaction, sorIds: readonly string[]) {
  const { fromSorId, toSorId } = organisationSuccessors;
  const rows = await tx
    .select()
    .from(organisationSuccessors)
    .where(sql`${inArray(fromSorId, [...sorIds])} or ${inArray(toSorId, [...sorIds])}`)
    .orderBy(fromSorId, toSorId);
  return {
    replaces: Map.groupBy(rows, (row) => row.toSorId),
    replacedBy: Map.groupBy(rows, (row) => row.fromSorId),
  };
}

/** All units, in batches: those of the day's picture in the order of the tree, then the closed ones. */
export async function* readUnits(tx: Transaction, day: string): AsyncGenerator<UnitLine[]> {
  const climb = ancestorsIn(tx);
  for await (const placed of pagesOf<Placed>(tx, "snapshot_units", inOrder(day), batchRows)) {
    const rows = await tx
      .select()
      .from(v)
      .where(
        inArray(
          v.id,
          placed.map(({ id }) => id),
        ),
      );
    const byId = new Map(rows.map((row) => [row.id, row]));
    const lines = placed.flatMap(({ id, ...about }) => {
      const row = byId.get(id);
      return row ? [{ ...about, row, path: [row], day: dayOf(row, day) }] : [];
    });
    await climb(lines);
    yield await completed(tx, lines);
  }
}

/** Some units as they were valid on a day, with what they inherited then; those that did not exist are left out. */
export async function readUnitsOn(
  tx: Transaction,
  sorIds: readonly string[],
  day: string,
): Promise<UnitLine[]> {
  if (sorIds.length === 0) return [];
  const holds = sql`${v.validFrom} <= ${day} and (${v.validTo} is null or ${v.validTo} > ${day})`;
  const found = await tx
    .select({ row: v, firstFrom: organisations.firstFrom })
    .from(v)
    .innerJoin(organisations, eq(organisations.sorId, v.sorId))
    .where(and(inArray(v.sorId, [...sorIds]), isNull(v.supersededAt), holds));
  const lines = found.map((unit) => ({ ...unit, path: [unit.row], day, isShown: true, isPlaced: true }));
  await ancestorsIn(tx)(lines);
  return await completed(tx, lines);
}

type Climbed = Pick<UnitLine, "row" | "firstFrom" | "isShown" | "isPlaced"> & {
  path: VersionRow[];
  day: string;
};

async function completed(tx: Transaction, climbed: readonly Climbed[]): Promise<UnitLine[]> {
  const valued = climbed.map((line) => ({ ...line, values: effectiveValues(line.path) }));
  const glns = new Set(valued.flatMap(({ values }) => values.gln?.value ?? []));
  const periods = Map.groupBy(await loadLocations(tx, [...glns]), ({ row }) => row.gln);
  const { replaces, replacedBy } = await successionsOf(
    tx,
    climbed.map(({ row }) => row.sorId),
  );
  return valued.map(({ day, ...line }) => ({
    ...line,
    location: line.values.gln ? locationOn(periods.get(line.values.gln.value), day) : null,
    replaces: replaces.get(line.row.sorId)?.map(({ fromSorId }) => fromSorId) ?? [],
    replacedBy: replacedBy.get(line.row.sorId)?.map(({ toSorId }) => toSorId) ?? [],
  }));
}
