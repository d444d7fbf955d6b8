import { inArray } from "drizzle-orm";
import { commandsMax, draftChangeSet, type Preview, previewCommands } from "../changesets/index.ts";
import { type Context, requireAnywhere } from "../context.ts";
import { givesWay } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { lastingOf, type PlanProblem, suppliersOfGlns } from "../message-types/index.ts";
import { type Cell, readTable, TableFault } from "../spreadsheets/index.ts";
import { type FileColumn, type FileHeader, readHeader } from "./file-columns.ts";
import { editOfRows, type FileEdit } from "./file-edit.ts";
import { keepReport } from "./file-report.ts";
import {
  cellsByColumn,
  type FileReport,
  type FileRow,
  type RowEffect,
  type RowFault,
  readRow,
} from "./file-rows.ts";
import { type BulkCommand, commandOf, rawCommands } from "./plan-bulk.ts";

const rowsMax = 200_000;
const faultsKept = 5000;
const numbersAtOnce = 2000;

/** A file of registrations; `isWhole`: types that it does not mention end, for the location numbers that it names. */
type GivenFile = { fileName: string; bytes: Buffer; isWhole: boolean };

type Read = {
  header: FileHeader;
  rows: FileRow[];
  faults: RowFault[];
  faulty: FileReport["faulty"];
  faultyGlns: Set<string>;
  count: number;
  empty: number;
};

/**
 * Drafts a change set from a file of registrations, and keeps the report, whose id it returns. Location numbers with a fault in a row are left
 * out; without any change there is no set. Throws `invalid` (`file-…`) for a file that is no such table, and `too-large` for more changed
 * location numbers than a set can have.
 */
export async function takeFile(ctx: Context, file: GivenFile): Promise<string> {
  await requireAnywhere(ctx, "registration.edit", "location");
  const read = await readFile(file.bytes);
  const planned = await planRows(ctx, read, file.isWhole);
  const faults = [...read.faults, ...planned.faults];
  const commands = planned.commands;
  if (commands.length > commandsMax)
    throw new DomainError("too-large", "too-many-locations", { commandsMax });
  const preview = commands.length === 0 ? null : await previewCommands(ctx, commands);
  faults.push(...planFaults(preview, commands, read.rows));
  const faultyRows = new Set(faults.map(({ row }) => row));
  const faultyGlns = new Set(read.faultyGlns);
  for (const { row, gln } of read.rows) if (faultyRows.has(row)) faultyGlns.add(gln);
  const kept = commands.filter(({ gln }) => !faultyGlns.has(gln));
  const report: FileReport = {
    rows: read.count,
    counts: { created: 0, changed: 0, ended: 0, unchanged: read.empty, faulty: faultyRows.size },
    ignored: read.header.ignored.slice(0, 50),
    missing: [],
    faults: faults.toSorted((a, b) => a.row - b.row).slice(0, faultsKept),
    faulty: faultyCells(read, faultyRows),
    leftOut: faultyGlns.size,
  };
  for (const [row, effect] of planned.effects) if (!faultyRows.has(row)) report.counts[effect] += 1;
  const set =
    kept.length === 0
      ? null
      : await draftChangeSet(ctx, {
          title: file.fileName.slice(0, 120),
          comment: null,
          commands: rawCommands(kept),
        });
  return await keepReport(ctx, { fileName: file.fileName, report, changeSetId: set?.id ?? null });
}

async function readFile(bytes: Buffer): Promise<Read> {
  let header: FileHeader | undefined;
  const read = {
    rows: [] as FileRow[],
    faults: [] as RowFault[],
    faulty: [] as FileReport["faulty"],
    faultyGlns: new Set<string>(),
    count: 0,
    empty: 0,
  };
  const giveWay = givesWay();
  try {
    for await (const cells of readTable(bytes)) {
      if (header === undefined) {
        header = readHeader(cells);
        if (header.missing.length > 0) throw new TableFault("file-no-header");
        continue;
      }
      read.count += 1;
      if (read.count > rowsMax) throw new TableFault("file-too-long");
      takeRow(read, header, cells);
      await giveWay();
    }
  } catch (error) {
    if (error instanceof TableFault)
      throw new DomainError("invalid", error.fault, { field: "fil", fault: error.fault });
    throw error;
  }
  if (header === undefined)
    throw new DomainError("invalid", "file-no-header", { field: "fil", fault: "file-no-header" });
  return { header, ...read };
}

function takeRow(read: Omit<Read, "header">, header: FileHeader, cells: readonly Cell[]): void {
  const row = read.count + 1;
  const given = readRow(cells, header, row);
  if (given === undefined) {
    read.empty += 1;
    return;
  }
  if (!Array.isArray(given)) {
    read.rows.push(given);
    return;
  }
  read.faultyGlns.add(cellsByColumn(cells, header)[0] ?? "");
  if (read.faults.length < faultsKept) read.faults.push(...given);
  if (read.faulty.length < faultsKept) read.faulty.push({ row, cells: cellsByColumn(cells, header) });
}

type Planned = { commands: BulkCommand[]; effects: [row: number, effect: RowEffect][]; faults: RowFault[] };

async function planRows(ctx: Context, read: Read, isWhole: boolean): Promise<Planned> {
  const byGln = Map.groupBy(read.rows, (row) => row.gln);
  const glns = [...byGln.keys()];
  const planned: Planned = { commands: [], effects: [], faults: [] };
  const giveWay = givesWay();
  for (let at = 0; at < glns.length; at += numbersAtOnce) {
    const part = glns.slice(at, at + numbersAtOnce);
    const suppliers = await suppliersOfGlns(ctx, part);
    const endpointsOf = await endpointsByName(ctx, [...suppliers.values()]);
    const lasting = await lastingOf(ctx, part);
    for (const gln of part) {
      const rows = byGln.get(gln) ?? [];
      const supplierId = suppliers.get(gln);
      if (supplierId === undefined) planned.faults.push(...rows.map(unknownNumber));
      else {
        const known = {
          held: lasting.get(gln) ?? [],
          endpoints: endpointsOf(supplierId),
          isWhole,
          now: ctx.now,
        };
        note(planned, gln, editOfRows(rows, known));
      }
      await giveWay();
    }
  }
  return planned;
}

const unknownNumber = ({ row, gln }: FileRow): RowFault => ({
  row,
  column: "gln",
  value: gln,
  rule: "file-not-yours",
});

function note(planned: Planned, gln: string, { steps, effects, faults }: FileEdit): void {
  planned.faults.push(...faults);
  for (const [row, effect] of effects) planned.effects.push([row, effect]);
  if (steps.length > 0) planned.commands.push(commandOf(gln, steps));
}

async function endpointsByName(ctx: Context, supplierIds: readonly (string | null)[]) {
  const wanted = [...new Set(supplierIds)].filter((id) => id !== null);
  const rows =
    wanted.length === 0
      ? []
      : await ctx.db.select().from(endpoints).where(inArray(endpoints.supplierId, wanted));
  const bySupplier = new Map(
    [...Map.groupBy(rows, (row) => row.supplierId)].map(([id, of]) => [
      id,
      new Map(of.map((each) => [each.name, each.id])),
    ]),
  );
  const none: ReadonlyMap<string, string> = new Map();
  return (supplierId: string | null) => bySupplier.get(supplierId ?? "") ?? none;
}

const columnOf: Readonly<Partial<Record<PlanProblem["code"], FileColumn>>> = {
  "unknown-type": "version",
  "not-a-message": "messageType",
  "endpoint-missing": "endpoint",
  "unknown-endpoint": "endpoint",
  "foreign-endpoint": "endpoint",
  "endpoint-closed": "endpoint",
  "location-closed": "firstDay",
  "validity-reversed": "lastDay",
  "ends-in-past": "lastDay",
  overlap: "firstDay",
  gap: "firstDay",
};

/** The errors of the preview, each at the row of its type, or at the first of its location number. */
function planFaults(
  preview: Preview | null,
  commands: readonly BulkCommand[],
  rows: readonly FileRow[],
): RowFault[] {
  const errors = (preview?.problems ?? []).filter(({ severity }) => severity === "error");
  const byGln = Map.groupBy(rows, (row) => row.gln);
  return errors.flatMap(({ at, fault, details }): RowFault[] => {
    const { messageType, version, code } = details as Partial<PlanProblem>;
    const own = byGln.get(commands[at]?.gln ?? "") ?? [];
    const row = own.find((each) => each.messageType === messageType && each.version === version) ?? own[0];
    if (!row) return [];
    const column = (code && columnOf[code]) ?? "gln";
    return [{ row: row.row, column, value: String(row[column as keyof FileRow] ?? ""), rule: code ?? fault }];
  });
}

// Rows that could be read are written as they were understood.
function faultyCells(read: Read, faulty: ReadonlySet<number>): FileReport["faulty"] {
  const understood = read.rows
    .filter(({ row }) => faulty.has(row))
    .slice(0, faultsKept)
    .map(({ row, gln, messageType, version, direction, endpoint, firstDay, lastDay, ends }) => ({
      row,
      cells: [
        gln,
        "",
        messageType,
        version,
        direction,
        endpoint ?? "",
        firstDay ?? "",
        lastDay ?? "",
        ends ? "x" : "",
      ],
    }));
  return [...read.faulty, ...understood].toSorted((a, b) => a.row - b.row);
}
