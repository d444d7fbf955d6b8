import { element, XmlWriter } from "../markup/index.ts";
import type { Dataset, Writer } from "./dataset.ts";
import type { CodeLine } from "./source-rows.ts";
import { lastDay, levelNames } from "./unit-values.ts";

function codesWriter(): Writer<CodeLine> {
  const xml = new XmlWriter();
  let current: string | undefined;
  return {
    begin: () => {
      xml.open("SorDataTypes", { xmlns: "urn:oio:nsi:2.0.0" });
      return `\uFEFF${xml.take()}`;
    },
    add: ({ list, code: { code, da, en, for: levels, from, to } }) => {
      if (list !== current) {
        if (current !== undefined) xml.close();
        xml.open("Classification", { name: list });
        current = list;
      }
      xml.write(
        element("Code", [
          element("Identifier", code),
          element("Name", da),
          element("EnglishName", en),
          ...levels.map((level) => element("SorType", levelNames[level])),
          element("FromDate", from),
          element("ToDate", to && lastDay(to)),
        ]),
      );
      return xml.take();
    },
    end: () => {
      if (current !== undefined) xml.close();
      xml.close();
      return xml.end();
    },
    counts: () => ({ replaced: 0, leftOut: 0 }),
  };
}

/** The code lists beside SOR XML. The authority's own layout of this file is not published: this one is ours. */
export const dataTypeDatasets: readonly Dataset<"codes">[] = [
  {
    name: "sor-data-types",
    title: { da: "SOR XML: kodelister (SorDataTypes)", en: "SOR XML: code lists (SorDataTypes)" },
    path: "sor_produktion/data/sor/sorxml/v_2_0_0/SorDataTypes.xml",
    aliases: [
      "sor/data/sor/sorxml/v_2_0_0/SorDataTypes.xml",
      "sor_produktion/data/sor/sorxml/v_3_0_0/SorDataTypes.xml",
    ],
    contentType: "application/xml; charset=utf-8",
    encoding: "utf-8",
    columns: [
      { name: "Classification", da: "En kodeliste; attributten name er dens navn", isOurs: true },
      { name: "Identifier", da: "Koden", isOurs: true },
      { name: "Name", da: "Dansk navn", isOurs: true },
      { name: "EnglishName", da: "Engelsk navn", isOurs: true },
      { name: "SorType", da: "Niveau koden kan bruges på: IE, SI eller OE", isOurs: true },
      { name: "FromDate", da: "Første dag koden kan vælges", isOurs: true },
      { name: "ToDate", da: "Sidste dag koden kan vælges", isOurs: true },
    ],
    writer: codesWriter,
  },
];
