import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { endpoints, locationVersions } from "../endpoints/tables.ts";
import { registrations } from "../message-types/tables.ts";
import { danishZone, startOfDayInDenmark } from "../validity/index.ts";
import { noEnd, toSeconds } from "./moments.ts";
import type { PartyRows, Profile, TableEndpoint } from "./parties.ts";
import { type PairRow, type PeriodRow, RoutingTable } from "./routing-table.ts";
import type { UnitVersion } from "./units.ts";

const rowsAtOnce = 20_000;

type LocationRecord = Profile & { gln: string; from: number; to: number | null };
type PairRecord = Omit<PairRow, "to"> & { gln: string; to: number | null };
type UnitRecord = Omit<UnitVersion, "to"> & { sorId: string; to: number | null };

const clamp = (seconds: number | null) =>
  seconds === null ? noEnd : toSeconds(new Date(Math.floor(seconds) * 1000));
const instant = (column: string) => sql.raw(`extract(epoch from ${column})::float8`);
const day = (column: string) =>
  sql.raw(`extract(epoch from ${column}::timestamp at time zone '${danishZone}')::float8`);

const locationRecords = (only: SQL) => sql`
  select gln, ${day("valid_from")} as "from", ${day("valid_to")} as "to", system_id as "systemId",
    supplier_id as "supplierId", net_operator_code as "netOperatorCode", region_code as "regionCode",
    successor_gln as "successorGln", non_active as "nonActive", only_internal as "onlyInternal"
  from location_versions where superseded_at is null and ${only} order by gln, valid_from`;

const pairRecords = (only: SQL) => sql`
  select gln, message_type as code, version, format, direction, endpoint_id as "endpointId",
    ${instant("valid_from")} as "from", ${instant("valid_to")} as "to"
  from registrations where superseded_at is null and ${only} order by gln, message_type, version`;

const unitRecords = (only: SQL) => sql`
  select v.sor_id as "sorId", ${day("v.valid_from")} as "from", ${day("v.valid_to")} as "to",
    v.parent_sor_id as parent, v.name, v.gln, v.gln_inherited as inherits, v.shak_code as shak,
    v.provider_number as provider, v.cvr, v.p_number as "pNumber", v.region_code as region,
    v.municipality_code as municipality,
    coalesce(v.activity_address ->> 'postCode', v.visiting_address ->> 'postCode', v.postal_address ->> 'postCode') as "postCode",
    coalesce((select array_agg(s.to_sor_id order by s.to_sor_id) from organisation_successors s
      where s.from_sor_id = v.sor_id), '{}') as successors,
    exists (select from organisation_withdrawals w where w.sor_id = v.sor_id) as withdrawn
  from organisation_versions v where v.superseded_at is null and ${only} order by v.sor_id, v.valid_from`;

/** Reads the rows of a query in batches through a server-side cursor, so that memory holds one batch at a time. */
async function* stream<Row extends Record<string, unknown>>(
  tx: Transaction,
  query: SQL,
): AsyncGenerator<Row[]> {
  await tx.execute(sql`declare routing_rows no scroll cursor for ${query}`);
  for (;;) {
    const { rows } = await tx.execute<Row>(sql.raw(`fetch ${rowsAtOnce} from routing_rows`));
    if (rows.length > 0) yield rows as Row[];
    if (rows.length < rowsAtOnce) break;
  }
  await tx.execute(sql`close routing_rows`);
}

/** Groups rows that are ordered by a key into one list per key, across batches. */
async function* grouped<Row>(
  batches: AsyncIterable<Row[]>,
  keyOf: (row: Row) => string,
): AsyncGenerator<[string, Row[]]> {
  let key: string | undefined;
  let group: Row[] = [];
  for await (const batch of batches) {
    for (const row of batch) {
      const own = keyOf(row);
      if (own !== key) {
        if (key !== undefined) yield [key, group];
        key = own;
        group = [];
      }
      group.push(row);
    }
  }
  if (key !== undefined) yield [key, group];
}

const periodOf = ({ from, to, gln: _, ...profile }: LocationRecord): PeriodRow => ({
  from: clamp(from),
  to: clamp(to),
  profile,
});
const pairOf = ({ gln: _, ...row }: PairRecord): PairRow => ({
  ...row,
  from: clamp(row.from),
  to: clamp(row.to),
});
const unitOf = ({ sorId: _, ...row }: UnitRecord): UnitVersion => ({
  ...row,
  from: clamp(row.from),
  to: clamp(row.to),
});

const everything = sql`true`;
const among = (column: string, values: readonly string[]) =>
  sql`${sql.raw(column)} = any(${sql.param([...values])}::text[])`;

/** Every location's periods, one location at a time. */
export async function* streamPeriods(tx: Transaction): AsyncGenerator<[string, PeriodRow[]]> {
  const batches = stream<LocationRecord>(tx, locationRecords(everything));
  for await (const [gln, rows] of grouped(batches, (row) => row.gln)) yield [gln, rows.map(periodOf)];
}

/** Every location's registered pairs, one location at a time. */
export async function* streamPairs(tx: Transaction): AsyncGenerator<[string, PairRow[]]> {
  const batches = stream<PairRecord>(tx, pairRecords(everything));
  for await (const [gln, rows] of grouped(batches, (row) => row.gln)) yield [gln, rows.map(pairOf)];
}

/** Every unit's versions, one unit at a time. */
export async function* streamUnits(tx: Transaction): AsyncGenerator<[string, UnitVersion[]]> {
  const batches = stream<UnitRecord>(tx, unitRecords(everything));
  for await (const [sorId, rows] of grouped(batches, (row) => row.sorId)) yield [sorId, rows.map(unitOf)];
}

/** The current state of some locations; one without rows has empty lists. */
export async function readLocations(tx: Transaction, glns: readonly string[]) {
  const found = new Map<string, { periods: PeriodRow[]; pairs: PairRow[] }>();
  for (const gln of glns) found.set(gln, { periods: [], pairs: [] });
  const periods = await tx.execute<LocationRecord>(locationRecords(among("gln", glns)));
  for (const row of periods.rows) found.get(row.gln)?.periods.push(periodOf(row));
  const pairs = await tx.execute<PairRecord>(pairRecords(among("gln", glns)));
  for (const row of pairs.rows) found.get(row.gln)?.pairs.push(pairOf(row));
  return found;
}

/** The current state of some units; one that was removed has an empty list. */
export async function readUnits(tx: Transaction, sorIds: readonly string[]) {
  const found = new Map<string, UnitVersion[]>();
  for (const sorId of sorIds) found.set(sorId, []);
  const { rows } = await tx.execute<UnitRecord>(unitRecords(among("v.sor_id", sorIds)));
  for (const row of rows) found.get(row.sorId)?.push(unitOf(row));
  return found;
}

type EndpointRecord = Omit<TableEndpoint, "pausedUntil" | "lastVerifiedAt"> & {
  pausedUntil: number | null;
  lastVerifiedAt: number | null;
};

/** Endpoints, all or some, with all systems, suppliers and net operators (there are few). */
export async function readParties(tx: Transaction, endpointIds?: readonly string[]): Promise<PartyRows> {
  const only = endpointIds === undefined ? everything : among("id::text", endpointIds);
  const endpoints = await tx.execute<EndpointRecord>(sql`
    select id, supplier_id as "supplierId", system_id as "systemId", name, transport, address,
      mime_types as "mimeTypes", state, ${instant("paused_until")} as "pausedUntil",
      ${instant("last_verified_at")} as "lastVerifiedAt", certificate_sha256 as "certificateSha256",
      retry
    from endpoints where ${only}`);
  const systems = await tx.execute<PartyRows["systems"][number]>(sql`select id, name, version from systems`);
  const suppliers = await tx.execute<PartyRows["suppliers"][number]>(sql`select id, name from suppliers`);
  const operators = await tx.execute<PartyRows["operators"][number]>(
    sql`select code, name from net_operators`,
  );
  const whole = (seconds: number | null) => (seconds === null ? null : clamp(seconds));
  return {
    endpoints: endpoints.rows.map((row) => ({
      ...row,
      pausedUntil: whole(row.pausedUntil),
      lastVerifiedAt: whole(row.lastVerifiedAt),
    })),
    systems: systems.rows,
    suppliers: suppliers.rows,
    operators: operators.rows,
  };
}

/** When each endpoint was last verified, in seconds since 1970; endpoints never verified are left out. */
export async function readVerifications(db: Pick<Transaction, "execute">): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ id: string; at: number }>(sql`
    select id, ${instant("last_verified_at")} as at from endpoints
    where last_verified_at is not null and state <> 'closed'`);
  return new Map(rows.map(({ id, at }) => [id, clamp(at)]));
}

const secondsOr = (instant: Date | null, otherwise: number) => (instant ? toSeconds(instant) : otherwise);
const dayOr = (day: string | null, otherwise: number) =>
  day === null ? otherwise : toSeconds(startOfDayInDenmark(day));

type ReceiverRows = Map<string, { periods: PeriodRow[]; pairs: PairRow[] }>;

/**
 * The part of the register that decides where messages to some locations go, as a routing table, in the state that the reader's
 * transaction sees; and the second in which the registrations of each were last changed. Location numbers that are not
 * registered have no rows.
 */
export async function readReceivers(
  db: ReadDatabase,
  glns: readonly string[],
): Promise<{ table: RoutingTable; recordedAt: ReadonlyMap<string, number> }> {
  const locations: ReceiverRows = new Map(glns.map((gln) => [gln, { periods: [], pairs: [] }]));
  for (const { gln, validFrom, validTo, ...profile } of await readPeriods(db, glns)) {
    locations.get(gln)?.periods.push({ from: dayOr(validFrom, 0), to: dayOr(validTo, noEnd), profile });
  }
  const recordedAt = new Map<string, number>();
  const known = new Map<string, TableEndpoint>();
  for (const { pair, endpoint, gln, recorded } of await readPairs(db, glns)) {
    const { validFrom, validTo, ...type } = pair;
    const period = { from: toSeconds(validFrom), to: secondsOr(validTo, noEnd) };
    locations.get(gln)?.pairs.push({ ...type, ...period });
    recordedAt.set(gln, Math.max(recordedAt.get(gln) ?? 0, toSeconds(recorded)));
    if (endpoint) known.set(endpoint.id, tableEndpoint(endpoint));
  }
  const table = new RoutingTable();
  table.apply({ sequence: 0, parties: { endpoints: [...known.values()] }, locations: registered(locations) });
  return { table, recordedAt };
}

const registered = (locations: ReceiverRows) =>
  new Map([...locations].filter(([, { periods, pairs }]) => periods.length + pairs.length > 0));

const readPeriods = (db: ReadDatabase, glns: readonly string[]) =>
  db
    .select({
      gln: locationVersions.gln,
      validFrom: locationVersions.validFrom,
      validTo: locationVersions.validTo,
      systemId: locationVersions.systemId,
      supplierId: locationVersions.supplierId,
      netOperatorCode: locationVersions.netOperatorCode,
      regionCode: locationVersions.regionCode,
      successorGln: locationVersions.successorGln,
      nonActive: locationVersions.nonActive,
      onlyInternal: locationVersions.onlyInternal,
    })
    .from(locationVersions)
    .where(and(inArray(locationVersions.gln, [...glns]), isNull(locationVersions.supersededAt)));

const readPairs = (db: ReadDatabase, glns: readonly string[]) =>
  db
    .select({
      gln: registrations.gln,
      recorded: registrations.recordedAt,
      pair: {
        code: registrations.messageType,
        version: registrations.version,
        format: registrations.format,
        direction: registrations.direction,
        endpointId: registrations.endpointId,
        validFrom: registrations.validFrom,
        validTo: registrations.validTo,
      },
      endpoint: {
        id: endpoints.id,
        supplierId: endpoints.supplierId,
        systemId: endpoints.systemId,
        name: endpoints.name,
        transport: endpoints.transport,
        address: endpoints.address,
        mimeTypes: endpoints.mimeTypes,
        state: endpoints.state,
        pausedUntil: endpoints.pausedUntil,
        lastVerifiedAt: endpoints.lastVerifiedAt,
        certificateSha256: endpoints.certificateSha256,
        retry: endpoints.retry,
      },
    })
    .from(registrations)
    .leftJoin(endpoints, eq(endpoints.id, registrations.endpointId))
    .where(and(inArray(registrations.gln, [...glns]), isNull(registrations.supersededAt)));

type JoinedEndpoint = NonNullable<Awaited<ReturnType<typeof readPairs>>[number]["endpoint"]>;

const tableEndpoint = ({ pausedUntil, lastVerifiedAt, ...endpoint }: JoinedEndpoint): TableEndpoint => ({
  ...endpoint,
  pausedUntil: pausedUntil && toSeconds(pausedUntil),
  lastVerifiedAt: lastVerifiedAt && toSeconds(lastVerifiedAt),
});
