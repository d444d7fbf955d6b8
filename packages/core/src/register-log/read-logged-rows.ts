import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { type LocationFacts, loadLocationFacts } from "../datasets/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { registrations } from "../message-types/tables.ts";
import type { OrganisationLevel, VersionRow } from "../organisations/index.ts";
import { organisations, shakCodes, organisationVersions as v } from "../organisations/tables.ts";
import type { Reading } from "./reading.ts";
import { RemovedShak } from "./schemas.ts";

/** A place in the log. Nothing is ever inserted before one that has been read. */
export type LogOffset = { sequence: number; id: number };
/** A row with the place at which it was last told; `isRemoved` when its table no longer has it. */
export type LoggedRow<Row> = LogOffset & { at: Date; row: Row; isRemoved: boolean };

export type LoggedUnit = {
  row: VersionRow;
  firstFrom: string;
  level: OrganisationLevel;
  parentLevel: OrganisationLevel | null;
  /** The institution that the unit stands below now. */
  institutionSorId: string | null;
};
type LoggedRows = {
  units: LoggedUnit;
  locations: LocationFacts;
  registrations: typeof registrations.$inferSelect;
  shak: typeof shakCodes.$inferSelect;
};
export type LoggedSource = keyof LoggedRows;

/** Which units are read. */
export type UnitChoice =
  | "all"
  | "with-shak"
  | "pharmacies"
  | "practices"
  | "hospitals"
  | "departments"
  | "providers";

const hospital = "22232009";
const pharmacies = sql`('264372000', '557501000005109')`;
const choices: Readonly<Record<UnitChoice, SQL>> = {
  all: sql`true`,
  "with-shak": sql`x.shak_code is not null`,
  pharmacies: sql`x.pharmacy_identifier is not null`,
  practices: sql`x.level = 'institution' and x.type_code is distinct from ${hospital} and (x.type_code is null or x.type_code not in ${pharmacies})`,
  hospitals: sql`x.level = 'institution' and x.type_code = ${hospital}`,
  departments: sql`x.level = 'unit' and x.shak_code is not null`,
  providers: sql`x.provider_number is not null`,
};

/** Of each source its lines in the log, and the table that it names. A row that was ended is told as ended, and not before. */
const sources = {
  units: {
    entity: "unit",
    kind: "version",
    table: sql`organisation_versions`,
    joins: sql`x.id::text = l.row_id`,
  },
  locations: {
    entity: "location",
    kind: "version",
    table: sql`location_versions`,
    joins: sql`x.id::text = l.row_id`,
  },
  registrations: {
    ...{ entity: "location", kind: "registration", table: sql`registrations` },
    joins: sql`x.id::text = l.row_id`,
  },
} as const;

type Line = { sequence: string; id: string; at: string; rowId: string };
type Page = { after: LogOffset; limit: number; subjects?: readonly string[] | undefined };

const among = (subjects: readonly string[] | undefined): SQL =>
  subjects ? sql`and l.subject = any(${sql.param([...subjects])}::text[])` : sql``;

async function linesAfter(
  reading: Reading,
  source: keyof typeof sources,
  { after, limit, subjects }: Page,
  choice: SQL,
): Promise<Line[]> {
  const { entity, kind, table } = sources[source];
  const { rows } = await reading.db.execute<Line>(sql`
    select l.sequence, l.id, l.at::text as at, l.row_id as "rowId" from register_log l
    join ${table} x on x.id = l.row_id::uuid
    where l.entity = ${entity} and l.kind = ${kind} and (l.sequence, l.id) > (${after.sequence}, ${after.id})
      and (l.is_end or x.superseded_at is null) and ${choice} ${among(subjects)}
    order by l.sequence, l.id limit ${limit}`);
  return rows;
}

const placed = <Row>(lines: readonly Line[], rows: ReadonlyMap<string, Row>): LoggedRow<Row>[] =>
  lines.flatMap(({ sequence, id, at, rowId }) => {
    const row = rows.get(rowId);
    return row === undefined
      ? []
      : [{ sequence: Number(sequence), id: Number(id), at: new Date(at), row, isRemoved: false }];
  });

// From the period itself upwards, by where each unit stands last as far as is known now.
const institution = sql`with recursive up as (
    select ${v.parentSorId} as sor_id, 1 as depth
    union all
    select (select p.parent_sor_id from organisation_versions p where p.sor_id = up.sor_id and p.superseded_at is null
      order by p.valid_from desc limit 1), up.depth + 1
    from up join organisations o on o.sor_id = up.sor_id where o.level = 'unit' and up.depth < 40
  ) select up.sor_id from up join organisations o on o.sor_id = up.sor_id where o.level = 'institution' limit 1`;

async function readUnits(
  reading: Reading,
  page: Page & { units?: UnitChoice },
): Promise<LoggedRow<LoggedUnit>[]> {
  const lines = await linesAfter(reading, "units", page, choices[page.units ?? "all"]);
  const ids = lines.map(({ rowId }) => rowId);
  if (ids.length === 0) return [];
  const rows = await reading.db
    .select({
      row: v,
      firstFrom: organisations.firstFrom,
      level: organisations.level,
      parentLevel: sql<OrganisationLevel | null>`(select p.level from organisations p where p.sor_id = ${v.parentSorId})`,
      institutionSorId: sql<string | null>`(${institution})`,
    })
    .from(v)
    .innerJoin(organisations, eq(organisations.sorId, v.sorId))
    .where(inArray(v.id, ids));
  return placed(lines, new Map(rows.map((unit) => [unit.row.id, unit])));
}

async function readLocations(reading: Reading, page: Page): Promise<LoggedRow<LocationFacts>[]> {
  const lines = await linesAfter(reading, "locations", page, sql`true`);
  const ids = lines.map(({ rowId }) => rowId);
  if (ids.length === 0) return [];
  const numbers = await reading.db
    .selectDistinct({ gln: locationVersions.gln })
    .from(locationVersions)
    .where(inArray(locationVersions.id, ids));
  const facts = await loadLocationFacts(
    reading.db,
    numbers.map(({ gln }) => gln),
  );
  return placed(lines, new Map(facts.map((each) => [each.row.id, each])));
}

async function readRegistrations(
  reading: Reading,
  page: Page,
): Promise<LoggedRow<LoggedRows["registrations"]>[]> {
  const lines = await linesAfter(reading, "registrations", page, sql`true`);
  const ids = lines.map(({ rowId }) => rowId);
  if (ids.length === 0) return [];
  const rows = await reading.db.select().from(registrations).where(inArray(registrations.id, ids));
  return placed(lines, new Map(rows.map((row) => [row.id, row])));
}

// A row that was overwritten is told as it is now, at the last of its places; one that was removed as it was.
async function readShak(
  reading: Reading,
  { after, limit, subjects }: Page,
): Promise<LoggedRow<LoggedRows["shak"]>[]> {
  const { rows: lines } = await reading.db.execute<Line & { facts: unknown; subject: string }>(sql`
    select l.sequence, l.id, l.at::text as at, l.row_id as "rowId", l.subject, l.facts from register_log l
    where l.entity = 'shak' and l.kind = 'version' and (l.sequence, l.id) > (${after.sequence}, ${after.id})
      and not exists (select from register_log later where later.entity = 'shak' and later.subject = l.subject
        and later.row_id = l.row_id and (later.sequence, later.id) > (l.sequence, l.id)) ${among(subjects)}
    order by l.sequence, l.id limit ${limit}`);
  const codes = [...new Set(lines.map(({ subject }) => subject))];
  if (codes.length === 0) return [];
  const rows = await reading.db
    .select()
    .from(shakCodes)
    .where(and(inArray(shakCodes.code, codes)));
  const byKey = new Map(rows.map((row) => [`${row.code}@${row.validFrom}`, row]));
  return lines.flatMap((line) => {
    const found = byKey.get(`${line.subject}@${line.rowId}`) ?? removedShak(line.facts);
    const isRemoved = line.facts !== null;
    const { sequence, id, at } = line;
    return found
      ? [{ sequence: Number(sequence), id: Number(id), at: new Date(at), row: found, isRemoved }]
      : [];
  });
}

// The row as its columns are named in the database.
function removedShak(facts: unknown): LoggedRows["shak"] | undefined {
  const read = RemovedShak.safeParse(facts);
  if (!read.success) return undefined;
  const {
    valid_from: validFrom,
    valid_to: validTo,
    last_changed: lastChanged,
    search_text: searchText,
    ...same
  } = read.data;
  return { ...same, validFrom, validTo, lastChanged, searchText };
}

/** The rows of a source after a place, each once, at the place where it was last told; superseded ones too. */
export const readLoggedRows = {
  units: readUnits,
  locations: readLocations,
  registrations: readRegistrations,
  shak: readShak,
} satisfies {
  [Name in LoggedSource]: (reading: Reading, page: Page) => Promise<LoggedRow<LoggedRows[Name]>[]>;
};

/** Whether the log has this place: one of another history has not. */
export async function hasOffset(reading: Reading, { sequence, id }: LogOffset): Promise<boolean> {
  const { rows } = await reading.db.execute(
    sql`select from register_log where id = ${id} and sequence = ${sequence}`,
  );
  return rows.length > 0;
}
