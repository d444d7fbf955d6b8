import { type Code, listCodes } from "../code-lists/index.ts";
import { addDays } from "../validity/index.ts";
import type { ColumnText, Dataset, Writer } from "./dataset.ts";
import type { UnitLine } from "./source-rows.ts";
import { typeName } from "./unit-values.ts";

const levelsMost = 8;
const regionType = "550881000005103";
const root = "SOR";
const heading = [
  ...["CodeSOR", "ParentCodeSOR", "FromDate", "ToDate", "Name", "Type", "Level"],
  ...Array.from({ length: levelsMost }, (_, at) => `Niv${at + 1}`),
];

// The blank at the end and the odd minute stand in the files that consumers read.
const dayText = (day: string) => `${day.replaceAll("-", "")} 00:00:00 `;
const openEnd = "99991231 23:59:00 ";

type Above = { sorId: string; name: string };

const plain = (value: string) => value.replaceAll(/[\r\n]+/g, " ").replaceAll(";", ",");

/** Whether an owner is the region; one that came with SOR XML version 1 may be without the region's code. */
const isRegion = ({ row, isPlaced }: UnitLine, { code, da }: Code) =>
  isPlaced &&
  row.typeCode === regionType &&
  (row.regionCode === null ? row.name === da : row.regionCode === code);

/** The row of a unit, which is the last of those from the region down to it. */
function rowOf({ row }: UnitLine, path: readonly Above[]): string {
  const names = path.map(({ name }, at) => (at === 0 ? root : name));
  const cells = [
    ...[row.sorId, row.parentSorId ?? "", dayText(row.validFrom)],
    row.validTo === null ? openEnd : dayText(addDays(row.validTo, -1)),
    ...[path.at(-1)?.name ?? "", (typeName(row) ?? "").toLowerCase(), String(path.length)],
    ...Array.from({ length: levelsMost }, (_, at) => names[at] ?? ""),
  ];
  return `${cells.join(";")}\r\n`;
}

/**
 * Writes the units of a region as a table in which each row names those above it: a row comes after its parent's, and a unit
 * whose parent has no row, or that lies deeper than the layout has columns for, is left out with those below it.
 */
function hierarchyWriter(region: Code): Writer<UnitLine> {
  const open: Above[] = [];
  let [replaced, leftOut, isWithin] = [0, 0, false];
  const isToldBelow = ({ row, isPlaced }: UnitLine) => {
    while (open.length > 0 && open.at(-1)?.sorId !== row.parentSorId) open.pop();
    return isPlaced && open.length > 0 && open.length < levelsMost;
  };
  const add = (line: UnitLine): string => {
    const isOwner = line.row.level === "owner";
    if (isOwner) {
      open.length = 0;
      isWithin = isRegion(line, region);
    }
    if (!isWithin) return "";
    if (!isOwner && !isToldBelow(line)) {
      leftOut += 1;
      return "";
    }
    const name = plain(line.row.name);
    if (name !== line.row.name) replaced += 1;
    open.push({ sorId: line.row.sorId, name });
    return rowOf(line, open);
  };
  return {
    begin: () => `\uFEFF${heading.join(";")}\r\n`,
    add: (line) => (line.isShown ? add(line) : ""),
    end: () => "",
    counts: () => ({ replaced, leftOut }),
  };
}

const columns: readonly ColumnText[] = [
  { name: "CodeSOR", da: "Enhedens SOR-kode" },
  { name: "ParentCodeSOR", da: "SOR-kode på enheden lige over; tom for regionen" },
  { name: "FromDate", da: "Første dag oplysningerne gælder, ååååmmdd 00:00:00 og et mellemrum" },
  { name: "ToDate", da: "Sidste dag oplysningerne gælder; 99991231 23:59:00 når ingen slutdag er sat" },
  { name: "Name", da: "Enhedens navn" },
  { name: "Type", da: "Enhedens type, med små bogstaver" },
  { name: "Level", da: "1 for regionen, ellers en mere end enheden over" },
  { name: "Niv1", da: "Altid SOR" },
  { name: "Niv2 til Niv8", da: "Navne på enhederne under regionen, ned til enheden selv" },
];

/** The hierarchy of each region, in the layout that consumers of such files read. */
export const hierarchyDatasets: readonly Dataset<"units">[] = listCodes("regions").map((region) => ({
  name: `hierarchy-${region.code}`,
  title: { da: `Hierarki for ${region.da}`, en: `Hierarchy of ${region.en}` },
  path: `sor_produktion/data/sor/hierarki/hierarki_${region.code}.csv`,
  contentType: "text/csv; charset=utf-8",
  encoding: "utf-8",
  columns,
  writer: () => hierarchyWriter(region),
}));
