import { type ChangedSubject, type Context, change, unchanged } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { Fault } from "../faults/index.ts";
import { isFault } from "../faults/index.ts";
import { foldDanish } from "../organisations/index.ts";
import { type Cell, dayOfCell, readTable, TableFault } from "../spreadsheets/index.ts";
import { addDays } from "../validity/index.ts";
import { writePhase } from "./phases.ts";
import { VersionPhaseFields } from "./schemas.ts";

/** The columns of a file of phases. */
export const phaseColumns = {
  messageType: { da: "Meddelelsestype", en: "Message type" },
  version: { da: "Version", en: "Version" },
  phasedOutFrom: { da: "Udfases fra", en: "Phased out from" },
  lastDay: { da: "Sidste dag", en: "Last day" },
  successorType: { da: "Afløses af type", en: "Followed by type" },
  successorVersion: { da: "Afløses af version", en: "Followed by version" },
} as const;
type PhaseColumn = keyof typeof phaseColumns;
const columns = Object.keys(phaseColumns) as PhaseColumn[];

/** What is wrong with a row, and where. */
export type PhaseFault = { row: number; column: PhaseColumn; value: string; rule: Fault };

const rowsMax = 2000;
const faultsMost = 100;
const plain = (name: string) => foldDanish(name.replace(/^\uFEFF/, "")).replaceAll(/[^a-z]/g, "");
const byName = new Map(
  columns.flatMap((column) =>
    Object.values(phaseColumns[column]).map((name) => [plain(name), column] as const),
  ),
);

/**
 * Takes the phases of versions from a CSV or XLSX file, for the register authority: all rows or, with a fault in one, none. A row
 * without a first day says that its version is in use; versions that have no row stay as they are. Throws `invalid` (`file-…`) for a
 * file that is no such table.
 */
export async function importPhases(
  ctx: Context,
  { bytes }: { bytes: Buffer },
): Promise<{ rows: number; changed: number; faults: PhaseFault[] }> {
  const what = { action: "register.configure", subject: { type: "register", id: "version-phases" } } as const;
  return await change(ctx, what, async (tx) => {
    const { phases, faults, rows } = await readPhases(bytes);
    if (faults.length > 0) return unchanged({ rows, changed: 0, faults });
    const entries: ChangedSubject[] = [];
    for (const phase of phases) {
      const entry = await writePhase(tx, phase);
      if (entry) entries.push(entry);
    }
    const result = { rows, changed: entries.length, faults };
    const [first, ...more] = entries;
    return first ? { result, entries: [first, ...more] } : unchanged(result);
  });
}

type Header = ReadonlyMap<PhaseColumn, number>;
type Read = { rows: number; phases: VersionPhaseFields[]; faults: PhaseFault[] };

async function readPhases(bytes: Buffer): Promise<Read> {
  const read: Read = { rows: 0, phases: [], faults: [] };
  let header: Header | undefined;
  try {
    for await (const cells of readTable(bytes)) {
      if (header === undefined) {
        header = readHeader(cells);
        continue;
      }
      read.rows += 1;
      if (read.rows > rowsMax) throw new TableFault("file-too-long");
      if (cells.some(({ text }) => text !== "")) takeRow(read, header, cells);
    }
  } catch (error) {
    if (!(error instanceof TableFault)) throw error;
    throw new DomainError("invalid", error.fault, { field: "fil", fault: error.fault });
  }
  return read;
}

function readHeader(cells: readonly Cell[]): Header {
  const at = new Map<PhaseColumn, number>();
  for (const [index, { text }] of cells.entries()) {
    const column = byName.get(plain(text));
    if (column !== undefined && !at.has(column)) at.set(column, index);
  }
  const isWhole = (["messageType", "version", "phasedOutFrom"] as const).every((column) => at.has(column));
  if (!isWhole) throw new TableFault("file-no-phases");
  return at;
}

const columnOfPath: Readonly<Record<string, PhaseColumn>> = {
  messageType: "messageType",
  version: "version",
  phasedOutFrom: "phasedOutFrom",
  endsOn: "lastDay",
  successor: "successorVersion",
};

/** The cells of a row by column, and how its faults are noted. */
type Row = { cellOf: (column: PhaseColumn) => Cell; fail: (column: PhaseColumn, rule: Fault) => void };

function takeRow(read: Read, header: Header, cells: readonly Cell[]): void {
  const cellOf = (column: PhaseColumn): Cell => cells[header.get(column) ?? -1] ?? { text: "" };
  const fail = (column: PhaseColumn, rule: Fault) => {
    if (read.faults.length < faultsMost)
      read.faults.push({ row: read.rows + 1, column, value: cellOf(column).text.slice(0, 100), rule });
  };
  const given = givenIn({ cellOf, fail });
  if (given === undefined) return;
  const parsed = VersionPhaseFields.safeParse(given);
  if (parsed.success) {
    read.phases.push(parsed.data);
    return;
  }
  for (const { path, message } of parsed.error.issues) {
    const name = String(path[0] === "phase" ? (path[1] ?? "successor") : path[0]);
    fail(columnOfPath[name] ?? "version", isFault(message) ? message : "version-form");
  }
}

/** What a row says; undefined when one of its days cannot be read, or is missing where others are given. */
function givenIn({ cellOf, fail }: Row): object | undefined {
  const dayOf = (column: PhaseColumn): string | null | undefined => {
    const cell = cellOf(column);
    const day = cell.text === "" ? null : dayOfCell(cell);
    if (day === undefined) fail(column, "file-day");
    return day;
  };
  const [phasedOutFrom, lastDay] = [dayOf("phasedOutFrom"), dayOf("lastDay")];
  if (phasedOutFrom === undefined || lastDay === undefined) return undefined;
  const [messageType, version] = [cellOf("messageType").text, cellOf("version").text];
  const [type, next] = [cellOf("successorType").text, cellOf("successorVersion").text];
  const successor = next === "" && type === "" ? null : { messageType: type || messageType, version: next };
  const endsOn = lastDay && addDays(lastDay, 1);
  if (phasedOutFrom !== null) return { messageType, version, phase: { phasedOutFrom, endsOn, successor } };
  if (endsOn === null && successor === null) return { messageType, version, phase: null };
  fail("phasedOutFrom", "file-day");
  return undefined;
}
