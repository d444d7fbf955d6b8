import { addDays } from "../validity/index.ts";
import type { ColumnText, Dataset, Writer } from "./dataset.ts";
import { isWritable } from "./encode-text.ts";
import type { SourceRows } from "./source-rows.ts";

type ShakRow = SourceRows["shak"];
const openEnd = "25000101";
/** Where the marks of a row begin, after its four groups, and its length. */
const [markAt, rowCharacters] = [179, 214];
const digits = (day: string | null) => (day === null ? " ".repeat(8) : day.replaceAll("-", ""));

const columns: readonly ColumnText[] = [
  { name: "1-3", da: "Recordart: sgh (sygehus) eller afd (afdeling eller afsnit)" },
  { name: "4-23", da: "SHAK-kode: 4, 6 eller 7 tegn" },
  { name: "24-31", da: "Første dag koden gælder, ååååmmdd" },
  { name: "32-39", da: "Dag for seneste ændring" },
  { name: "40-47", da: "Sidste dag koden gælder; 25000101 når ingen slutdag er sat" },
  { name: "48-167", da: "Tekst" },
  { name: "168-170", da: "Sygehus: institutionsart. Afsnit: hovedspeciale" },
  { name: "171-173", da: "Sygehus: ejerforhold. Afsnit: første bispeciale" },
  { name: "174-176", da: "Afsnit: andet bispeciale" },
  { name: "177-179", da: "Afsnit: tredje bispeciale" },
  { name: "180-182", da: "SKS i nyere rækker" },
  { name: "188", da: "Ændringsmærke: 1 ny, 3 rettet; blank i ældre rækker" },
];

/** One row of SHAKCOMPLETE: 214 characters and a line feed. */
function rowOf(row: ShakRow): string {
  const name = row.name.slice(0, 120);
  const end = row.validTo === null ? openEnd : digits(addDays(row.validTo, -1));
  const groups = [0, 1, 2, 3].map((at) => (row.groups[at] ?? "").padEnd(3).slice(0, 3));
  const mark = row.mark === null ? "" : `SKS     ${row.mark}`;
  const kind = row.kind === "hospital" ? "sgh" : "afd";
  const head = `${kind}${row.code.padEnd(20)}${digits(row.validFrom)}${digits(row.lastChanged)}${end}`;
  return `${head}${name.padEnd(120)}${groups.join("")}${mark.padEnd(35)}\n`;
}

/** The same row as in SHAKDELTA, with the mark of what became of it: 1 new, 2 removed, 3 corrected. */
export function shakDeltaRow(row: ShakRow, mark: "1" | "2" | "3"): string {
  return `${rowOf({ ...row, mark: null }).slice(0, markAt)}${`SKS     ${mark}`.padEnd(rowCharacters - markAt)}\n`;
}

function shakWriter(): Writer<ShakRow> {
  let replaced = 0;
  return {
    begin: () => "",
    add: (row) => {
      if (!isWritable(row.name, "iso-8859-15")) replaced += 1;
      return rowOf(row);
    },
    end: () => "",
    counts: () => ({ replaced, leftOut: 0 }),
  };
}

/** The SHAK classification as the authority publishes it. */
export const shakDatasets: readonly Dataset<"shak">[] = [
  {
    name: "shak-complete",
    title: { da: "SHAK: hele klassifikationen", en: "SHAK: the whole classification" },
    path: "sor_produktion/data/shak/shakcomplete/shakcomplete.txt",
    aliases: ["shak/shakcomplete/shakcomplete.txt"],
    contentType: "text/plain; charset=iso-8859-15",
    encoding: "iso-8859-15",
    columns,
    writer: shakWriter,
  },
  {
    name: "shak-til",
    title: { da: "SHAK: tillægskoder (A foran koden)", en: "SHAK: extra codes (A before the code)" },
    path: "sor_produktion/data/shak/shaktil/shaktil.txt",
    aliases: ["shak/shaktil/shaktil.txt"],
    contentType: "text/plain; charset=iso-8859-15",
    encoding: "iso-8859-15",
    columns: columns.map((each) => (each.name === "4-23" ? { ...each, da: "SHAK-kode med A foran" } : each)),
    writer: () => {
      const inner = shakWriter();
      return { ...inner, add: (row) => inner.add({ ...row, code: `A${row.code}` }) };
    },
  },
];
