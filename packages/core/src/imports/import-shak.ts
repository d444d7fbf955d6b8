import { type SQL, sql } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { type Braking, brake, orOnlyTried } from "./brake.ts";
import type { Finding } from "./faults.ts";
import { decodeShak, readShakRow, type ShakRow } from "./read-shak-row.ts";
import {
  faultsMax,
  hasChanged,
  type ImportReport,
  newCounts,
  newReport,
  type OnProgress,
  refuseFile,
  warn,
} from "./report.ts";
import { appendStagedEntries, createStaging, finishStaging, type StagedRow, stageRows } from "./staging.ts";

export type ShakImport = {
  bytes: AsyncIterable<Uint8Array>;
  /** Whether rows of the register that are not in the file are removed. */
  isFull: boolean;
  onProgress: OnProgress;
} & Braking;

/**
 * Imports a SHAKCOMPLETE file into the SHAK classification: all of it or, when a row breaks a rule, nothing (`invalid`,
 * `details.faults`). Idempotent.
 */
export async function importShak(
  ctx: Context,
  { bytes, isFull, onProgress, ...braking }: ShakImport,
): Promise<ImportReport> {
  const report = newReport(["shakCodes"]);
  const subject = { type: "register", id: "shak" } as const;
  return await orOnlyTried(
    change(ctx, { action: "register.import", subject }, async (tx) => {
      await createStaging(tx);
      await stageShak(tx, bytes, { report, onProgress });
      await finishStaging(tx);
      await refuseOverlaps(tx);
      await tx.execute(sql`lock table shak_codes in share row exclusive mode`);
      await applyShak(tx, report, isFull);
      brake(report, braking);
      if (!hasChanged(report)) return unchanged(report);
      await appendStagedEntries(tx, { actor: ctx.actor, now: ctx.now, onProgress });
      const after = { isFull, counts: report.counts, notInFile: report.notInFile };
      return { result: report, entries: [{ subjectType: "register", subjectId: "shak", after }] };
    }),
  );
}

const stageAtRows = 1000;

// Some rows of the real file have an empty text; they are imported with a warning.
async function stageShak(
  tx: Transaction,
  bytes: AsyncIterable<Uint8Array>,
  { report, onProgress }: { report: ImportReport; onProgress: OnProgress },
): Promise<void> {
  const faults: Finding[] = [];
  let waiting: StagedRow[] = [];
  let line = 0;
  let bytesRead = 0;
  for await (const { rows, size } of splitRows(bytes)) {
    for (const text of rows) {
      line += 1;
      const read = readShakRow(text, line);
      if ("fault" in read) faults.push(read.fault);
      else waiting.push({ kind: "shak", key: read.row.code, line, data: read.row });
      if ("row" in read && read.row.name === "") warn(report, { line, place: "48-167", rule: "empty" });
    }
    bytesRead += size;
    onProgress({ step: "read", done: bytesRead });
    if (faults.length >= faultsMax) refuseFile(faults.slice(0, faultsMax));
    if (waiting.length >= stageAtRows) {
      await stageRows(tx, waiting);
      waiting = [];
    }
  }
  await stageRows(tx, waiting);
  if (line === 0) faults.push({ line: 0, place: "file", rule: "empty" });
  if (faults.length > 0) refuseFile(faults);
}

/** Longer than any row: without a line end within it, the file is not a SHAKCOMPLETE. */
const unendedCharactersMax = 10_000;

async function* splitRows(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ rows: string[]; size: number }> {
  let rest = "";
  for await (const piece of bytes) {
    const rows = `${rest}${decodeShak(piece)}`.split("\n");
    rest = rows.pop() ?? "";
    // Treated as a row, it breaks the rule of the row's length.
    if (rest.length > unendedCharactersMax) rows.push(rest);
    yield { rows: rows.map((row) => row.replace(/\r$/, "")), size: piece.length };
    if (rest.length > unendedCharactersMax) return;
  }
  // Some editors end the file with an end-of-file character (1A) after the last row.
  if (rest !== "" && rest !== "\u001A") yield { rows: [rest.replace(/\r$/, "")], size: 0 };
}

async function refuseOverlaps(tx: Transaction): Promise<void> {
  const { rows } = await tx.execute<{ line: number; other: number }>(sql`
    select line, other from (
      select line, lag(line) over w as other, data->>'validFrom' as from_day,
        max(coalesce(data->>'validTo', '9999')) over (w rows between unbounded preceding and 1 preceding) as reached
      from import_rows where kind = 'shak' window w as (partition by key order by data->>'validFrom', position)
    ) as period where reached > from_day order by line limit ${faultsMax}`);
  const fault = ({ line, other }: { line: number; other: number }): Finding => {
    return { line, place: "24-47", rule: "overlaps", about: other };
  };
  if (rows.length > 0) refuseFile(rows.map(fault));
}

const fields = [
  "validTo",
  "lastChanged",
  "kind",
  "name",
  "searchText",
  "groups",
  "mark",
] satisfies (keyof ShakRow)[];

// The register's row in the staged form, so that the two can be compared and journalled.
const asData = (row: SQL) => sql`jsonb_build_object(
  'code', ${row}.code, 'validFrom', ${row}.valid_from, 'validTo', ${row}.valid_to, 'lastChanged', ${row}.last_changed,
  'kind', ${row}.kind, 'name', ${row}.name, 'searchText', ${row}.search_text, 'groups', ${row}.groups, 'mark', ${row}.mark)`;
const staged = sql`import_rows r where r.kind = 'shak'`;
const isRow = sql`s.code = r.key and s.valid_from = (r.data->>'validFrom')::date`;

async function applyShak(tx: Transaction, report: ImportReport, isFull: boolean): Promise<void> {
  const counts = report.counts["shakCodes"] ?? newCounts();
  const inRegister = sql`exists (select 1 from shak_codes s where ${isRow})`;
  const differs = sql`${asData(sql`s`)} is distinct from r.data`;
  const [total, , created] = [
    await count(tx, sql`select 1 from ${staged}`),
    await journal(
      tx,
      sql`select null::jsonb as before, r.data as after, r.key as code from ${staged} and not ${inRegister}`,
    ),
    await count(tx, sql`select 1 from ${staged} and not ${inRegister}`),
  ];
  const changing = sql`from import_rows r join shak_codes s on ${isRow} where r.kind = 'shak' and ${differs}`;
  counts.closed = await count(
    tx,
    sql`select 1 ${changing} and s.valid_to is null and r.data->>'validTo' is not null`,
  );
  counts.changed = (await count(tx, sql`select 1 ${changing}`)) - counts.closed;
  counts.created = created;
  counts.unchanged = total - created - counts.changed - counts.closed;
  await journal(tx, sql`select ${asData(sql`s`)} as before, r.data as after, r.key as code ${changing}`);
  await write(tx, inRegister, differs);
  const absent = sql`shak_codes s where not exists (select 1 from ${staged} and ${isRow})`;
  report.notInFile = await count(tx, sql`select 1 from ${absent}`);
  if (!isFull) return;
  await journal(tx, sql`select ${asData(sql`s`)} as before, null::jsonb as after, s.code from ${absent}`);
  counts.closed += report.notInFile;
  await tx.execute(sql`delete from ${absent}`);
}

async function write(tx: Transaction, inRegister: SQL, differs: SQL): Promise<void> {
  const row = sql`jsonb_to_record(r.data) as d(
    code text, "validFrom" date, "validTo" date, "lastChanged" date, kind text, name text, "searchText" text, groups text[], mark text)`;
  const columns = sql`valid_to, last_changed, kind, name, search_text, groups, mark`;
  const values = sql.join(
    fields.map((name) => sql`d.${sql.identifier(name)}`),
    sql`, `,
  );
  await tx.execute(sql`
    update shak_codes s set (${columns}) = row(${values})
    from import_rows r, lateral ${row} where r.kind = 'shak' and ${isRow} and ${differs}`);
  await tx.execute(sql`
    insert into shak_codes (code, valid_from, ${columns})
    select d.code, d."validFrom", ${values} from import_rows r, lateral ${row}
    where r.kind = 'shak' and not ${inRegister}`);
}

async function journal(tx: Transaction, rows: SQL): Promise<void> {
  await tx.execute(sql`
    insert into import_entries (entry)
    select jsonb_build_object('subjectType', 'shak-code', 'subjectId', code, 'before', before, 'after', after)
    from (${rows}) as changed order by code, coalesce(after, before)->>'validFrom'`);
}

async function count(tx: Transaction, rows: SQL): Promise<number> {
  const counted = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from (${rows}) as counted`,
  );
  return counted.rows[0]?.count ?? 0;
}
