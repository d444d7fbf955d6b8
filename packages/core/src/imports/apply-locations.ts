import { and, inArray, isNull, sql } from "drizzle-orm";
import { newId, type Transaction } from "../database/index.ts";
import { type LocationFields, type LocationVersion, locationContent } from "../endpoints/index.ts";
import { locations, locationVersions } from "../endpoints/tables.ts";
import type { Recut } from "../validity/index.ts";
import type { Applying } from "./apply-units.ts";
import { ensureParties, type Parties } from "./ensure-parties.ts";
import { mergeLine } from "./merge-line.ts";
import { newCounts, warn } from "./report.ts";
import type { StagedLocation } from "./stage-sor.ts";
import { countStaged, insertRows, stagedBatches, stageEntries } from "./staging.ts";

type Line = {
  location: StagedLocation;
  rows: LocationVersion[];
  done: Recut<LocationVersion, LocationFields, string>;
};

// Several units may have the same location number; use the row that is valid longest, else the first in the file.
const speaks = sql`position = (
  select other.position from import_rows other where other.kind = 'location' and other.key = import_rows.key
  order by other.data->>'validTo' desc nulls first, other.position limit 1)`;

/** Compares every staged location number with the register and records the differences, in batches. */
export async function applyLocations(tx: Transaction, applying: Applying): Promise<void> {
  await warnOfDifferences(tx, applying);
  const parties = await ensureParties(tx, applying.report);
  const total = await countStaged(tx, "location");
  let read = 0;
  for await (const batch of stagedBatches<StagedLocation>(tx, "location", speaks)) {
    const known = await lockChanging(tx, batch, (location, rows) => {
      const { newer, done } = merge(location, rows, parties, applying);
      return !newer && (rows.length === 0 || done.superseded.length + done.added.length > 0);
    });
    const lines = batch.flatMap(({ line, data }) => {
      const rows = known.filter((row) => row.gln === data.gln);
      return compare({ line, location: data, rows }, parties, applying) ?? [];
    });
    await record(tx, lines, applying.now);
    read += batch.length;
    applying.onProgress({ step: "locations", done: read, total });
  }
}

const presentOf = (tx: Transaction, glns: readonly string[]) =>
  tx
    .select()
    .from(locationVersions)
    .where(and(inArray(locationVersions.gln, [...glns]), isNull(locationVersions.supersededAt)))
    .orderBy(locationVersions.validFrom);

/**
 * Currently known versions of the location numbers; rows to change are locked first and new ones created, so that nothing changes
 * in between.
 */
async function lockChanging(
  tx: Transaction,
  batch: readonly { data: StagedLocation }[],
  isChanging: (location: StagedLocation, rows: LocationVersion[]) => boolean,
): Promise<LocationVersion[]> {
  const glnsOf = (list: typeof batch) => list.map(({ data }) => data.gln);
  const present = await presentOf(tx, glnsOf(batch));
  const known = Map.groupBy(present, ({ gln }) => gln);
  const changing = new Set(glnsOf(batch.filter(({ data }) => isChanging(data, known.get(data.gln) ?? []))));
  if (changing.size === 0) return present;
  const fresh = [...changing].filter((gln) => !known.has(gln)).map((gln) => ({ gln }));
  await insertRows(tx, "locations", fresh, "leave");
  const isIt = inArray(locations.gln, [...changing]);
  await tx.select().from(locations).where(isIt).orderBy(locations.gln).for("no key update");
  const others = present.filter(({ gln }) => !changing.has(gln));
  return [...others, ...(await presentOf(tx, [...changing]))];
}

async function warnOfDifferences(tx: Transaction, { report }: Applying): Promise<void> {
  const { rows } = await tx.execute<{ key: string; line: number }>(sql`
    select key, max(line) as line from import_rows where kind = 'location'
    group by key having count(distinct data) > 1 order by 2`);
  const place = "EanLocationCodeEntity";
  warn(
    report,
    ...rows.map(({ key, line }) => ({ line, place, rule: "location-differs" as const, about: key })),
  );
}

type Compared = { line: number; location: StagedLocation; rows: LocationVersion[] };

function compare({ line, location, rows }: Compared, parties: Parties, applying: Applying): Line | undefined {
  const counts = applying.report.counts["locations"] ?? newCounts();
  const { newer, done, changedOn } = merge(location, rows, parties, applying);
  const { validTo } = location;
  if (newer) {
    const about = `${newer.validFrom} > ${changedOn}`;
    warn(applying.report, { line, place: location.gln, rule: "register-newer", about });
    counts.unchanged += 1;
    return undefined;
  }
  if (rows.length === 0) counts.created += 1;
  else if (done.superseded.length + done.added.length === 0) counts.unchanged += 1;
  else if (validTo !== null && rows.at(-1)?.validTo === null) counts.closed += 1;
  else counts.changed += 1;
  return { location, rows, done };
}

/** Merges the file's data into the known versions; `newer` is a version edited here after the change in the file. */
function merge(
  location: StagedLocation,
  rows: LocationVersion[],
  parties: Parties,
  { snapshotDate }: Pick<Applying, "snapshotDate">,
) {
  const { firstFrom, validFrom, validTo } = location;
  const changedOn = location.updatedOn ?? snapshotDate;
  const newer = rows.find((row) => row.validFrom > changedOn && row.validFrom > validFrom);
  const content = contentOf(location, rows, parties);
  const done = mergeLine(rows, { firstFrom, validFrom, validTo, changedOn, content }, locationContent);
  return { newer, done, changedOn };
}

function contentOf(
  location: StagedLocation,
  rows: readonly LocationVersion[],
  parties: Parties,
): LocationFields {
  return {
    onlyInternal: location.onlyInternal,
    nonActive: location.nonActive,
    supplierId: parties.supplierId(location.systemSupplier),
    systemId: parties.systemId(location.systemSupplier, location.systemType),
    netOperatorCode: location.netOperator,
    regionCode: location.regionCode,
    ediAdministrator: location.ediAdministrator,
    note: location.note,
    // SOR XML version 1 has no successor of a location number; keep the known one.
    successorGln: (rows.at(-1)?.successorGln ?? null) as LocationFields["successorGln"],
  };
}

async function record(tx: Transaction, lines: readonly Line[], now: Date): Promise<void> {
  const ids = lines.flatMap(({ done }) => done.superseded.map((row) => row.id));
  const instant = sql`greatest(${locationVersions.recordedAt}, ${now.toISOString()}::timestamptz)`;
  if (ids.length > 0) {
    await tx.update(locationVersions).set({ supersededAt: instant }).where(inArray(locationVersions.id, ids));
  }
  const added = lines.flatMap(({ location, done }) =>
    done.added.map(({ content, validFrom, validTo }) => {
      return {
        id: newId(),
        gln: location.gln,
        validFrom,
        validTo,
        recordedAt: now,
        supersededAt: null,
        ...content,
      };
    }),
  );
  await insertRows(tx, "location_versions", added);
  const changed = lines.filter(({ done }) => done.superseded.length + done.added.length > 0);
  await stageEntries(tx, changed.map(entryOf));
}

function entryOf({ location, done }: Line) {
  const fact = (piece: { validFrom: string; validTo: string | null; content: LocationFields }) => ({
    validFrom: piece.validFrom,
    validTo: piece.validTo,
    ...piece.content,
  });
  const before = done.superseded.map((row) => fact({ ...row, content: locationContent(row) }));
  return {
    subjectType: "location",
    subjectId: location.gln,
    glns: [location.gln],
    before: before.length > 0 ? { versions: before } : undefined,
    after: { versions: done.added.map(fact) },
  };
}
