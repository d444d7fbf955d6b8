import { inArray, type SQL, sql } from "drizzle-orm";
import { type Code, type CodeListName, codeListNames, listCodes } from "../code-lists/index.ts";
import type { Transaction } from "../database/index.ts";
import { messageTypes } from "../message-types/index.ts";
import { registrations } from "../message-types/tables.ts";
import { organisationalLevels } from "../organisational-levels/tables.ts";
import { organisationSuccessors, shakCodes } from "../organisations/tables.ts";
import { pagesOf } from "./read-pages.ts";
import { loadLocations, readUnits } from "./read-units.ts";
import type { CodeLine, LocationLine, SourceRows } from "./source-rows.ts";

const pageRows = 1000;

type Numbered = { gln: string; firstFrom: string; sorIds: string[] };

const numbersInOrder = (day: string, only: SQL = sql`true`): SQL => sql`
  select l.gln, min(l.valid_from)::text as "firstFrom", coalesce((
    select array_agg(distinct v.sor_id order by v.sor_id) from organisation_versions v
    where v.gln = l.gln and v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day})), '{}') as "sorIds"
  from location_versions l where l.superseded_at is null and ${only} group by l.gln order by l.gln collate "C"`;

async function* readLocations(tx: Transaction, day: string): AsyncGenerator<LocationLine[]> {
  for await (const page of pagesOf<Numbered>(tx, "snapshot_locations", numbersInOrder(day), pageRows)) {
    yield await withPeriods(tx, page);
  }
}

async function withPeriods(tx: Transaction, numbers: readonly Numbered[]): Promise<LocationLine[]> {
  const glns = numbers.map(({ gln }) => gln);
  const periods = Map.groupBy(await loadLocations(tx, glns), ({ row }) => row.gln);
  return numbers.flatMap(({ gln, ...about }) =>
    (periods.get(gln) ?? []).map((facts) => ({ ...facts, ...about })),
  );
}

/** The same lines of some location numbers, in the same order. */
export async function readLocationsOf(
  tx: Transaction,
  glns: readonly string[],
  day: string,
): Promise<LocationLine[]> {
  const only = sql`l.gln = any(${sql.param([...glns])}::text[])`;
  const { rows } = await tx.execute<Numbered>(numbersInOrder(day, only));
  return await withPeriods(tx, rows);
}

async function* readRegistrations(tx: Transaction): AsyncGenerator<SourceRows["registrations"][]> {
  const inOrder = sql`
    select id from registrations where superseded_at is null
    order by gln collate "C", message_type collate "C", version collate "C", direction, valid_from`;
  for await (const page of pagesOf<{ id: string }>(tx, "snapshot_registrations", inOrder, pageRows)) {
    const ids = page.map(({ id }) => id);
    const rows = await tx.select().from(registrations).where(inArray(registrations.id, ids));
    const byId = new Map(rows.map((row) => [row.id, row]));
    yield ids.flatMap((id) => byId.get(id) ?? []);
  }
}

/** The unit that has each SHAK code on the day; of several the one with the lowest number. */
async function unitsWithShak(tx: Transaction, codes: readonly string[], day: string) {
  const { rows } = await tx.execute<{ code: string; sorId: string; regionCode: string | null }>(sql`
    select distinct on (shak_code) shak_code as code, sor_id as "sorId", region_code as "regionCode"
    from organisation_versions
    where shak_code = any(${sql.param([...codes])}::text[]) and superseded_at is null
      and valid_from <= ${day} and (valid_to is null or valid_to > ${day})
    order by shak_code, sor_id collate "C"`);
  return new Map(rows.map(({ code, ...unit }) => [code, unit]));
}

async function* readShak(tx: Transaction, day: string): AsyncGenerator<SourceRows["shak"][]> {
  for (let last: SourceRows["shak"] | undefined; ; ) {
    const after = last && sql`(code collate "C", valid_from) > (${last.code}, ${last.validFrom}::date)`;
    const rows = await tx
      .select()
      .from(shakCodes)
      .where(after)
      .orderBy(sql`code collate "C"`, shakCodes.validFrom)
      .limit(pageRows);
    if (rows.length === 0) return;
    last = rows.at(-1);
    const units = await unitsWithShak(
      tx,
      rows.map(({ code }) => code),
      day,
    );
    yield rows.map((row) => {
      const unit = units.get(row.code);
      return unit ? { ...row, unit } : row;
    });
  }
}

async function* readCodes(tx: Transaction): AsyncGenerator<CodeLine[]> {
  yield codeListNames.flatMap((list: CodeListName) => listCodes(list).map((code) => ({ list, code })));
  const levels = await tx.select().from(organisationalLevels).orderBy(organisationalLevels.position);
  yield levels.map(({ code, name, expiresOn }) => {
    const level: Code = {
      code: code ?? "",
      da: name,
      en: name,
      for: ["unit"],
      ...(expiresOn && { to: expiresOn }),
    };
    return { list: "organisational-levels", code: level };
  });
}

async function* readSuccessions(tx: Transaction): AsyncGenerator<SourceRows["successions"][]> {
  const { fromSorId, toSorId } = organisationSuccessors;
  yield await tx.select().from(organisationSuccessors).orderBy(fromSorId, toSorId);
}

async function* readMessageTypes(): AsyncGenerator<SourceRows["messageTypes"][]> {
  yield [...messageTypes];
}

/** Reads every source in batches, in one transaction that sees one state of the register. */
export const readSource = {
  units: readUnits,
  locations: readLocations,
  registrations: readRegistrations,
  messageTypes: readMessageTypes,
  shak: readShak,
  codes: readCodes,
  successions: readSuccessions,
} satisfies {
  [Name in keyof SourceRows]: (tx: Transaction, day: string) => AsyncGenerator<SourceRows[Name][]>;
};
