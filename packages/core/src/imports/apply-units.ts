import { isDeepStrictEqual } from "node:util";
import { and, inArray, isNull, sql } from "drizzle-orm";
import { newId, type Transaction } from "../database/index.ts";
import {
  attributesOf,
  recordingInstant,
  searchFieldsOf,
  type UnitRecut,
  unitFacts,
  type VersionRow,
  writeSearchFields,
} from "../organisations/index.ts";
import { organisations, organisationVersions } from "../organisations/tables.ts";
import type { Finding } from "./faults.ts";
import { mergeLine } from "./merge-line.ts";
import { type ImportReport, newCounts, type OnProgress, refuseFile, warn } from "./report.ts";
import type { StagedUnit } from "./stage-sor.ts";
import { countStaged, insertRows, stagedBatches, stagedTwice, stageEntries } from "./staging.ts";

/** Parameters of an import: the time, the file's snapshot day, the report. */
export type Applying = { now: Date; snapshotDate: string; report: ImportReport; onProgress: OnProgress };

type Known = { firstFrom: string; level: StagedUnit["level"]; rows: VersionRow[] };
type Line = { unit: StagedUnit; known: Known | undefined; done: UnitRecut };

/** Compares every staged unit with the register and records the differences, in batches. */
export async function applyUnits(tx: Transaction, applying: Applying): Promise<void> {
  const twice = await stagedTwice(tx, "unit", 100);
  const place = "SorIdentifier";
  if (twice.length > 0) {
    refuseFile(twice.map(({ line, first }): Finding => ({ line, place, rule: "twice", about: first })));
  }
  const total = await countStaged(tx, "unit");
  let done = 0;
  for await (const batch of stagedBatches<StagedUnit>(tx, "unit")) {
    const units = batch.map((row) => row.data);
    await applyBatch(tx, units, applying);
    done += units.length;
    applying.onProgress({ step: "units", done, total });
  }
}

async function applyBatch(tx: Transaction, units: readonly StagedUnit[], applying: Applying): Promise<void> {
  const known = await loadKnown(
    tx,
    units.map((unit) => unit.sorId),
  );
  const faults = units.flatMap((unit): Finding[] => {
    const level = known.get(unit.sorId)?.level ?? unit.level;
    if (level === unit.level) return [];
    return [{ line: unit.line, place: "SorIdentifier", rule: "level-changed", about: level }];
  });
  if (faults.length > 0) refuseFile(faults);
  const lines = units.flatMap((unit) => compare(unit, known.get(unit.sorId), applying) ?? []);
  await recordIdentities(tx, lines);
  await recordLines(tx, lines, applying.now);
}

async function loadKnown(tx: Transaction, sorIds: readonly string[]): Promise<Map<string, Known>> {
  const identities = await tx
    .select()
    .from(organisations)
    .where(sql`${organisations.sorId} = any(${sql.param(sorIds)}::text[])`);
  const rows = await tx
    .select()
    .from(organisationVersions)
    .where(
      and(
        sql`${organisationVersions.sorId} = any(${sql.param(sorIds)}::text[])`,
        isNull(organisationVersions.supersededAt),
      ),
    )
    .orderBy(organisationVersions.validFrom);
  const known = new Map<string, Known>();
  for (const { sorId, firstFrom, level } of identities) known.set(sorId, { firstFrom, level, rows: [] });
  for (const row of rows) known.get(row.sorId)?.rows.push(row);
  return known;
}

function compare(
  unit: StagedUnit,
  known: Known | undefined,
  { report, snapshotDate }: Applying,
): Line | undefined {
  const counts = report.counts["units"] ?? newCounts();
  const rows = known?.rows ?? [];
  const changedOn = unit.updatedOn ?? snapshotDate;
  const newest =
    rows
      .map((row) => row.updatedOn ?? "")
      .toSorted()
      .at(-1) ?? "";
  if (newest > changedOn) {
    const about = `${newest} > ${changedOn}`;
    warn(report, { line: unit.line, place: unit.sorId, rule: "register-newer", about });
    counts.unchanged += 1;
    return undefined;
  }
  const { firstFrom, validFrom, validTo, attributes: content } = unit;
  const done = mergeLine(rows, { firstFrom, validFrom, validTo, changedOn, content }, attributesOf);
  const isSame = done.superseded.length + done.added.length === 0 && known?.firstFrom === firstFrom;
  if (!known) counts.created += 1;
  else if (isSame) counts.unchanged += 1;
  else if (validTo !== null && rows.at(-1)?.validTo === null) counts.closed += 1;
  else counts.changed += 1;
  return { unit, known, done };
}

async function recordIdentities(tx: Transaction, lines: readonly Line[]): Promise<void> {
  const identity = ({ unit: { sorId, level, firstFrom } }: Line) => ({ sorId, level, firstFrom });
  await insertRows(tx, "organisations", lines.filter(({ known }) => !known).map(identity));
  const moved = lines.filter(({ unit, known }) => known && known.firstFrom !== unit.firstFrom);
  for (const { unit } of moved) {
    await tx
      .update(organisations)
      .set({ firstFrom: unit.firstFrom })
      .where(sql`${organisations.sorId} = ${unit.sorId}`);
  }
}

async function recordLines(tx: Transaction, lines: readonly Line[], now: Date): Promise<void> {
  await supersede(
    tx,
    lines.flatMap(({ done }) => done.superseded),
    now,
  );
  await insertRows(
    tx,
    "organisation_versions",
    lines.flatMap((line) => versionsOf(line, now)),
  );
  await correctSearchFields(tx, lines);
  await stageEntries(tx, lines.filter(hasDifference).map(entryOf));
}

const hasDifference = ({ unit, known, done }: Line) =>
  done.superseded.length + done.added.length > 0 || known?.firstFrom !== unit.firstFrom;

/** Supersedes rows now, or at their own recording time if that is later (recorded by a clock that is ahead). */
export async function supersede(tx: Transaction, rows: readonly VersionRow[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .update(organisationVersions)
    .set({
      supersededAt: sql`greatest(${organisationVersions.recordedAt}, ${now.toISOString()}::timestamptz)`,
    })
    .where(
      inArray(
        organisationVersions.id,
        rows.map((row) => row.id),
      ),
    );
}

function versionsOf({ unit, known, done }: Line, now: Date) {
  const recordedAt = recordingInstant(now, known?.rows ?? []);
  return done.added.map(({ content, validFrom, validTo }) => {
    const old = done.superseded.find((row) => row.validFrom === validFrom);
    const search = content.name === unit.attributes.name || !old ? unit.search : searchFieldsOf(old);
    const period = { validFrom, validTo, recordedAt, supersededAt: null };
    return { id: newId(), sorId: unit.sorId, ...period, ...search, ...content };
  });
}

// An ancestor's name, address or number may have changed, and with it what a search reads of an unchanged unit.
async function correctSearchFields(tx: Transaction, lines: readonly Line[]): Promise<void> {
  const wrong = lines.flatMap(({ unit, known, done }) => {
    const row = known?.rows.at(-1);
    if (!row || done.superseded.includes(row) || isDeepStrictEqual(searchFieldsOf(row), unit.search))
      return [];
    return [{ id: row.id, ...unit.search }];
  });
  await writeSearchFields(tx, wrong);
}

function entryOf({ unit, known, done }: Line) {
  const contents = [...done.superseded, ...done.added.map((piece) => piece.content)];
  const { before, after } = unitFacts(done);
  const dates =
    known && known.firstFrom !== unit.firstFrom
      ? [{ firstFrom: known.firstFrom }, { firstFrom: unit.firstFrom }]
      : [];
  return {
    subjectType: "unit",
    subjectId: unit.sorId,
    glns: [...new Set(contents.flatMap((content) => content.gln ?? []))],
    sorIds: [...new Set([unit.sorId, ...contents.flatMap((content) => content.parentSorId ?? [])])],
    before: known ? { ...dates[0], ...(before as object | undefined) } : undefined,
    after: { ...dates[1], ...(after as object) },
  };
}
