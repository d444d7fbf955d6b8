import { element, XmlWriter } from "../markup/index.ts";
import { addDays } from "../validity/index.ts";
import type { ColumnText, Dataset, Writer } from "./dataset.ts";
import { isWritable } from "./encode-text.ts";
import type { SourceRows } from "./source-rows.ts";

type ShakLine = SourceRows["shak"];

/** Kinds of owner as this file has them, by those of SHAK: public, private, and others. */
const ownerKinds: Readonly<Record<string, string>> = { "1": "1", "2": "2", "3": "1" };
/** Ranges of hospital codes and their region, for codes that no unit has: an assumption of readers, told by no page of the authority. */
const ranges = [
  ["1300", "2399", "1084"],
  ["2400", "3999", "1085"],
  ["4000", "4199", "1084"],
  ["4200", "6199", "1083"],
  ["6500", "7699", "1082"],
  ["8000", "8999", "1081"],
] as const;

function regionOf({ code, unit }: ShakLine): string {
  if (unit?.regionCode) return unit.regionCode;
  return code === "7603" ? "1081" : (ranges.find(([from, to]) => from <= code && code <= to)?.[2] ?? "");
}

const digits = (day: string) => day.replaceAll("-", "");

const fields = (line: ShakLine) => ({
  code: line.code,
  name: line.name.replaceAll(/[\t\r\n]/g, " "),
  from: digits(line.validFrom),
  to: line.validTo === null ? "25000101" : digits(addDays(line.validTo, -1)),
  owner: ownerKinds[(line.groups[1] ?? "").trim()] ?? "3",
  kind: (line.groups[0] ?? "").trim(),
  region: regionOf(line),
  sorId: line.unit?.sorId ?? "",
});

const isHospital = ({ kind }: ShakLine) => kind === "hospital";

function textWriter(): Writer<ShakLine> {
  let replaced = 0;
  return {
    begin: () => "",
    add: (row) => {
      if (!isHospital(row)) return "";
      if (/[\t\r\n]/.test(row.name) || !isWritable(row.name, "iso-8859-1")) replaced += 1;
      return `${Object.values(fields(row)).join("\t")}\r\n`;
    },
    end: () => "",
    counts: () => ({ replaced, leftOut: 0 }),
  };
}

function xmlWriter(): Writer<ShakLine> {
  const xml = new XmlWriter();
  return {
    begin: () => {
      xml.open("SHAKregioner");
      return xml.take();
    },
    add: (row) => {
      if (!isHospital(row)) return "";
      const { code, from, to, owner, kind, region } = fields(row);
      xml.write(
        element("SHAKregion", [
          element("SHAKkode", code),
          element("DatoFra", from),
          element("Datotil", to),
          element("Ejerforhold", owner),
          element("Institutionsart", kind),
          element("Regionskode", region),
        ]),
      );
      return xml.take();
    },
    end: () => {
      xml.close();
      return xml.end();
    },
    counts: () => ({ replaced: 0, leftOut: 0 }),
  };
}

const xmlColumns: readonly ColumnText[] = [
  { name: "SHAKkode", da: "Sygehusets SHAK-kode, 4 tegn" },
  { name: "DatoFra", da: "Første dag koden gælder, ååååmmdd" },
  { name: "Datotil", da: "Sidste dag koden gælder; 25000101 når ingen slutdag er sat" },
  { name: "Ejerforhold", da: "1 offentlig, 2 privat, 3 andet" },
  { name: "Institutionsart", da: "Institutionsart, som i SHAK" },
  {
    name: "Regionskode",
    da: "1081 til 1085: regionen for enheden med koden, ellers efter kodens nummerinterval",
  },
];

const textColumns: readonly ColumnText[] = [
  { name: "1", da: "Sygehusets SHAK-kode, 4 tegn" },
  { name: "2", da: "Navn" },
  { name: "3", da: "Første dag koden gælder, ååååmmdd" },
  { name: "4", da: "Sidste dag koden gælder; 25000101 når ingen slutdag er sat" },
  { name: "5", da: "1 offentlig, 2 privat, 3 andet" },
  { name: "6", da: "Institutionsart, som i SHAK" },
  { name: "7", da: "1081 til 1085: regionen for enheden med koden, ellers efter kodens nummerinterval" },
  { name: "8", da: "SOR-kode på enheden med koden; tom når der ingen er" },
];

const folder = "sor_produktion/data/shak/shakregion";
const old = "shak/shakregion";

/** The hospitals of SHAK with their region, as text and as XML. */
export const shakRegionDatasets: readonly Dataset<"shak">[] = [
  {
    name: "shak-region",
    title: { da: "SHAK: sygehuse med region", en: "SHAK: hospitals with their region" },
    path: `${folder}/SHAKregion.txt`,
    aliases: [`${old}/SHAKregion.txt`],
    contentType: "text/plain; charset=iso-8859-1",
    encoding: "iso-8859-1",
    columns: textColumns,
    writer: textWriter,
  },
  {
    name: "shak-region-xml",
    title: { da: "SHAK: sygehuse med region, XML", en: "SHAK: hospitals with their region, XML" },
    path: `${folder}/SHAKregion.xml`,
    aliases: [`${old}/SHAKregion.xml`],
    contentType: "application/xml; charset=utf-8",
    encoding: "utf-8",
    columns: xmlColumns,
    writer: xmlWriter,
  },
];
