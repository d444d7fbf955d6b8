import { and, eq, inArray, isNull } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { endpoints, locationVersions } from "../endpoints/tables.ts";
import { registrations } from "../message-types/tables.ts";
import { startOfDayInDenmark } from "../validity/index.ts";
import { noEnd, toSeconds } from "./moments.ts";
import type { TableEndpoint } from "./parties.ts";
import { type PairRow, type PeriodRow, RoutingTable } from "./routing-table.ts";

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

type EndpointRecord = NonNullable<Awaited<ReturnType<typeof readPairs>>[number]["endpoint"]>;

const tableEndpoint = ({ pausedUntil, lastVerifiedAt, ...endpoint }: EndpointRecord): TableEndpoint => ({
  ...endpoint,
  pausedUntil: pausedUntil && toSeconds(pausedUntil),
  lastVerifiedAt: lastVerifiedAt && toSeconds(lastVerifiedAt),
});
