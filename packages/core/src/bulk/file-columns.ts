import { foldDanish } from "../organisations/index.ts";
import type { Cell } from "../spreadsheets/index.ts";

/** The columns of a file of registrations, with their names; a file may have any others, which are ignored. */
export const columnNames = {
  gln: { da: "Lokationsnummer", en: "Location number" },
  unit: { da: "Enhed", en: "Unit" },
  messageType: { da: "Meddelelsestype", en: "Message type" },
  version: { da: "Version", en: "Version" },
  direction: { da: "Retning", en: "Direction" },
  endpoint: { da: "Endepunkt", en: "Endpoint" },
  firstDay: { da: "Første dag", en: "First day" },
  lastDay: { da: "Sidste dag", en: "Last day" },
  end: { da: "Ophør", en: "End" },
} as const;
export type FileColumn = keyof typeof columnNames;
export const fileColumns = Object.keys(columnNames) as FileColumn[];

const otherNames: Readonly<Record<string, FileColumn>> = { gln: "gln", ean: "gln", type: "messageType" };
const required: readonly FileColumn[] = ["gln", "messageType", "version"];

const plain = (name: string) => foldDanish(name.replace(/^\uFEFF/, "")).replaceAll(/[^a-z]/g, "");
const byName = new Map<string, FileColumn>([
  ...fileColumns.flatMap((column) =>
    Object.values(columnNames[column]).map((name): [string, FileColumn] => [plain(name), column]),
  ),
  ...Object.entries(otherNames),
]);

/** Where the columns of a file stand, those that are ignored, and those that are missing. */
export type FileHeader = { at: ReadonlyMap<FileColumn, number>; ignored: string[]; missing: FileColumn[] };

/** Reads the header: names in Danish or English in any order, whatever their letter case. The first of two equal ones counts. */
export function readHeader(cells: readonly Cell[]): FileHeader {
  const at = new Map<FileColumn, number>();
  const ignored: string[] = [];
  for (const [index, { text }] of cells.entries()) {
    const column = byName.get(plain(text));
    if (column !== undefined && !at.has(column)) at.set(column, index);
    else if (text !== "") ignored.push(text.slice(0, 60));
  }
  return { at, ignored, missing: required.filter((column) => !at.has(column)) };
}
