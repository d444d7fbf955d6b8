import type { Fault } from "../faults/index.ts";
import { isFault } from "../faults/index.ts";
import { Gln } from "../identifiers/index.ts";
import { type Direction, MessageTypeCode, type PlanProblem, VersionCode } from "../message-types/index.ts";
import { foldDanish } from "../organisations/index.ts";
import { type Cell, dayOfCell } from "../spreadsheets/index.ts";
import { type FileColumn, type FileHeader, fileColumns } from "./file-columns.ts";

/** A row of a file; undefined where the file has no such column, null where the cell is empty. */
export type FileRow = {
  /** The row's number in the file, the header's being 1. */
  row: number;
  gln: string;
  messageType: string;
  version: string;
  direction: Direction;
  endpoint: string | null | undefined;
  firstDay: string | null | undefined;
  lastDay: string | null | undefined;
  ends: boolean;
};

/** What is wrong with a row, and where. */
export type RowFault = {
  row: number;
  column: FileColumn;
  value: string;
  rule: Fault | PlanProblem["code"];
};

/** What a row does. */
export type RowEffect = "created" | "changed" | "ended" | "unchanged";

/** What came of a file: its rows by effect, and those with faults. */
export type FileReport = {
  rows: number;
  counts: Record<RowEffect | "faulty", number>;
  ignored: string[];
  missing: FileColumn[];
  /** The first five thousand. */
  faults: RowFault[];
  /** The cells of their rows by column, in the same order as `rows` of the faults, once each. */
  faulty: { row: number; cells: string[] }[];
  /** Location numbers left out of the set because a row of theirs has a fault. */
  leftOut: number;
};
const directions: Readonly<Record<string, Direction>> = {
  "": "receive",
  modtager: "receive",
  modtages: "receive",
  modtag: "receive",
  receive: "receive",
  receives: "receive",
  sender: "send",
  sendes: "send",
  send: "send",
  sends: "send",
};
const valueMax = 100;

/** Reads a row; undefined for one that names no type, as that of a location number that receives nothing. */
export function readRow(
  cells: readonly Cell[],
  { at }: FileHeader,
  row: number,
): FileRow | RowFault[] | undefined {
  const cellOf = (column: FileColumn): Cell | undefined => {
    const index = at.get(column);
    return index === undefined ? undefined : (cells[index] ?? { text: "" });
  };
  const textOf = (column: FileColumn) => cellOf(column)?.text ?? "";
  const faults: RowFault[] = [];
  const fail = (column: FileColumn, rule: RowFault["rule"]) => {
    faults.push({ row, column, value: textOf(column).slice(0, valueMax), rule });
  };
  const dayOf = (column: FileColumn): string | null | undefined => {
    const cell = cellOf(column);
    if (cell === undefined || cell.text === "") return cell && null;
    const day = dayOfCell(cell);
    if (day === undefined) fail(column, "file-day");
    return day;
  };
  if (textOf("messageType") === "" && textOf("version") === "") return undefined;
  const gln = glnFault(textOf("gln"));
  if (gln) fail("gln", gln);
  if (!MessageTypeCode.safeParse(textOf("messageType")).success) fail("messageType", "type-form");
  if (!VersionCode.safeParse(textOf("version")).success) fail("version", "version-form");
  const direction = directions[foldDanish(textOf("direction")).trim()];
  if (direction === undefined) fail("direction", "file-direction");
  const ends = /^(x|ja|j|yes|y|1)$/i.test(textOf("end"));
  if (!ends && !/^(|nej|n|no|0)$/i.test(textOf("end"))) fail("end", "file-end");
  const [firstDay, lastDay] = [dayOf("firstDay"), dayOf("lastDay")];
  if (faults.length > 0 || direction === undefined) return faults;
  const endpoint = cellOf("endpoint");
  return {
    row,
    ...{
      gln: textOf("gln").replaceAll(/\s/g, ""),
      messageType: textOf("messageType"),
      version: textOf("version"),
    },
    ...{ direction, endpoint: endpoint && (endpoint.text || null), firstDay, lastDay, ends },
  };
}

function glnFault(text: string): Fault | undefined {
  const compact = text.replaceAll(/\s/g, "");
  if (/^\d+([.,]\d+)?e\+?\d+$/i.test(compact)) return "file-scientific";
  if (/^\d{1,12}$/.test(compact)) return "file-leading-zeros";
  const read = Gln.safeParse(compact);
  if (read.success) return undefined;
  const code = read.error.issues[0]?.message ?? "";
  return isFault(code) ? code : "gln-digits";
}

/** The cells of a row by column, as far as the file has them, for the file of faulty rows. */
export function cellsByColumn(cells: readonly Cell[], { at }: FileHeader): string[] {
  return fileColumns.map((column) => cells[at.get(column) ?? -1]?.text.slice(0, valueMax) ?? "");
}
