import { and, inArray, isNull, sql } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import {
  attributesOf,
  lockTree,
  recordingInstant,
  searchFieldsOf,
  searchFieldsOfPath,
  unitFacts,
} from "../organisations/index.ts";
import { organisationVersions } from "../organisations/tables.ts";
import { recut } from "../validity/index.ts";
import { applyLocations } from "./apply-locations.ts";
import { type Applying, applyUnits, supersede } from "./apply-units.ts";
import { type Braking, brake, orOnlyTried } from "./brake.ts";
import { hasChanged, type ImportReport, newCounts, newReport, type OnProgress, warn } from "./report.ts";
import { stageSor } from "./stage-sor.ts";
import { appendStagedEntries, createStaging, finishStaging, insertRows, stageEntries } from "./staging.ts";

export type SorImport = {
  bytes: AsyncIterable<Uint8Array>;
  /** Whether the file contains all units, so that units not in it close on its snapshot day. */
  isFull: boolean;
  onProgress: OnProgress;
} & Braking;

const kinds = ["units", "locations", "suppliers", "systems", "netOperators", "successions"];

/**
 * Imports a file of SOR XML version 1 into the register: all of it or, when the file breaks a rule, nothing (`invalid`,
 * `details.faults`), or ends much and `endings` is not the number of it (`endings-not-confirmed`). Idempotent. Edits of units wait while it compares and writes.
 */
export async function importSor(
  ctx: Context,
  { bytes, isFull, onProgress, ...braking }: SorImport,
): Promise<ImportReport> {
  const report = newReport(kinds);
  const subject = { type: "register", id: "sor" } as const;
  return await orOnlyTried(
    change(ctx, { action: "register.import", subject }, async (tx) => {
      await createStaging(tx);
      const snapshotDate = await stageSor(tx, { bytes, report, onProgress });
      await finishStaging(tx);
      await lockTree(tx);
      const applying: Applying = { now: ctx.now, snapshotDate, report, onProgress };
      await applyLocations(tx, applying);
      await applyUnits(tx, applying);
      await applySuccessions(tx, report);
      await closeAbsent(tx, { ...applying, isFull });
      brake(report, braking);
      if (!hasChanged(report)) return unchanged(report);
      await appendStagedEntries(tx, { actor: ctx.actor, now: ctx.now, onProgress });
      const after = { snapshotDate, isFull, counts: report.counts, notInFile: report.notInFile };
      return { result: report, entries: [{ subjectType: "register", subjectId: "sor", after }] };
    }),
  );
}

async function applySuccessions(tx: Transaction, report: ImportReport): Promise<void> {
  const counts = report.counts["successions"] ?? newCounts();
  const { rows: unknown } = await tx.execute<{ key: string; line: number }>(sql`
    select distinct on (key) key, line from import_rows s
    where kind = 'succession' and not exists (select 1 from organisations o where o.sor_id = s.key) order by key, line`);
  const place = "ReplacesEntityCollection";
  warn(
    report,
    ...unknown.map(({ key, line }) => ({ line, place, rule: "no-such-successor" as const, about: key })),
  );
  const { rows: made } = await tx.execute<{ from: string; to: string }>(sql`
    insert into organisation_successors (from_sor_id, to_sor_id)
    select distinct s.key, s.data->>'to' from import_rows s join organisations o on o.sor_id = s.key
    where s.kind = 'succession' and s.key <> s.data->>'to'
    on conflict do nothing returning from_sor_id as from, to_sor_id as to`);
  counts.created += made.length;
  await stageEntries(
    tx,
    made.map(({ from, to }) => ({
      subjectType: "unit",
      subjectId: from,
      sorIds: [from, to],
      after: { addedSuccessor: to },
    })),
  );
}

// Units that are valid on the day of the file and are not in it.
const absent = (snapshotDate: string) => sql`
  v.superseded_at is null and (v.valid_to is null or v.valid_to > ${snapshotDate}) and not exists (
    select 1 from import_rows r where r.kind = 'unit' and r.key = v.sor_id)`;

async function closeAbsent(tx: Transaction, applying: Applying & { isFull: boolean }): Promise<void> {
  const { report, snapshotDate, isFull } = applying;
  const { rows } = await tx.execute<{ count: number }>(sql`
    select count(distinct v.sor_id)::int as count from organisation_versions v
    where ${absent(snapshotDate)} and v.valid_from <= ${snapshotDate}`);
  report.notInFile = rows[0]?.count ?? 0;
  if (!isFull) return;
  let last = "";
  for (;;) {
    const { rows: batch } = await tx.execute<{ sorId: string }>(sql`
      select distinct v.sor_id as "sorId" from organisation_versions v
      where ${absent(snapshotDate)} and v.valid_from <= ${snapshotDate} and v.sor_id > ${last}
      order by 1 limit 500`);
    if (batch.length === 0) return;
    last = batch.at(-1)?.sorId ?? "";
    await closeUnits(
      tx,
      batch.map((row) => row.sorId),
      applying,
    );
  }
}

async function closeUnits(tx: Transaction, sorIds: string[], applying: Applying): Promise<void> {
  const { now, snapshotDate, report, onProgress } = applying;
  const counts = report.counts["units"] ?? newCounts();
  const rows = await tx
    .select()
    .from(organisationVersions)
    .where(and(inArray(organisationVersions.sorId, sorIds), isNull(organisationVersions.supersededAt)))
    .orderBy(organisationVersions.validFrom);
  const window = { validFrom: snapshotDate, validTo: null };
  const lines = sorIds.map((sorId) => {
    const known = rows.filter((row) => row.sorId === sorId);
    return { sorId, known, done: recut(known, window, attributesOf, () => undefined) };
  });
  await supersede(
    tx,
    lines.flatMap(({ done }) => done.superseded),
    now,
  );
  const kept = lines.flatMap(({ sorId, known, done }) =>
    done.added.map(({ content, validFrom, validTo }) => {
      const old = known.find((row) => row.validFrom === validFrom) ?? searchFieldsOfPath([]);
      const period = { validFrom, validTo, recordedAt: recordingInstant(now, known), supersededAt: null };
      return { id: newId(), sorId, ...period, ...searchFieldsOf(old), ...content };
    }),
  );
  await insertRows(tx, "organisation_versions", kept);
  const entries = lines.map(({ sorId, done }) => {
    const glns = [...new Set(done.superseded.flatMap((row) => row.gln ?? []))];
    return { subjectType: "unit", subjectId: sorId, glns, sorIds: [sorId], ...unitFacts(done) };
  });
  await stageEntries(tx, entries);
  counts.closed += lines.length;
  onProgress({ step: "close", done: counts.closed });
}
