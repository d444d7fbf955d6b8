import { type XmlAttributes, type XmlElement, XmlWriter } from "../markup/index.ts";
import type { Dataset, SnapshotFacts, Writer } from "./dataset.ts";
import { v1Attributes, v1Unit } from "./sor-xml-v1.ts";
import { v2Attributes, v2Unit, v3Attributes } from "./sor-xml-v2.ts";
import type { UnitLine } from "./source-rows.ts";

/** A version of SOR XML: the root's attributes, the prefix of what all versions share, and a unit's own element. */
type Version = {
  attributes: XmlAttributes;
  prefix: string;
  hasBom: boolean;
  unit: (line: UnitLine) => XmlElement;
};

const entityNames = {
  owner: "InstitutionOwnerEntity",
  institution: "HealthInstitutionEntity",
  unit: "OrganizationalUnitEntity",
} as const;

// An instant with seconds in UTC is as valid as one on the Danish clock, and the same whatever machine writes it.
const instantOf = ({ madeAt }: SnapshotFacts) => madeAt.toISOString().replace(/\.\d+Z$/, "Z");

/**
 * Writes the shown units as a tree: an entity is opened when its unit comes, and closed when the next is not below it. A unit
 * whose parent is not shown, or that hangs where the layout has no place for it, is left out with those below it.
 */
function treeWriter({ attributes, prefix, hasBom, unit }: Version, facts: SnapshotFacts): Writer<UnitLine> {
  const xml = new XmlWriter();
  const open: { sorId: string; level: UnitLine["row"]["level"] }[] = [];
  let leftOut = 0;
  const fits = ({ row }: UnitLine) => {
    const above = open.at(-1);
    if (row.level === "owner") return above === undefined;
    return row.level === "institution"
      ? above?.level === "owner"
      : above !== undefined && above.level !== "owner";
  };
  return {
    begin: () => {
      xml.open("SorTree", attributes);
      xml.write({ name: `${prefix}CreatedAtTime`, content: instantOf(facts), attributes: {} });
      xml.write({ name: `${prefix}SnapshotDate`, content: facts.day, attributes: {} });
      return `${hasBom ? "\uFEFF" : ""}${xml.take()}`;
    },
    add: (line) => {
      if (!line.isShown) return "";
      while (open.length > 0 && open.at(-1)?.sorId !== line.row.parentSorId) {
        open.pop();
        xml.close();
      }
      if (!line.isPlaced || !fits(line)) {
        leftOut += 1;
        return xml.take();
      }
      xml.open(entityNames[line.row.level]);
      open.push({ sorId: line.row.sorId, level: line.row.level });
      xml.write(unit(line));
      return xml.take();
    },
    end: () => {
      while (open.pop()) xml.close();
      xml.close();
      return xml.end();
    },
    counts: () => ({ replaced: 0, leftOut }),
  };
}

const columns = [
  { name: "SorTree", da: "Roden: tidspunkt, dag og institutionsejere" },
  { name: "InstitutionOwnerEntity", da: "En institutionsejer (IE) med sine sundhedsinstitutioner" },
  { name: "HealthInstitutionEntity", da: "En sundhedsinstitution (SI) med sine enheder" },
  { name: "OrganizationalUnitEntity", da: "En organisatorisk enhed (OE) med enhederne under den" },
  { name: "SorIdentifier", da: "Enhedens SOR-kode" },
  { name: "EntityName", da: "Enhedens navn" },
  { name: "SorStatus", da: "Fra-dato, evt. til-dato (den dag med), seneste ændring og første dag" },
  {
    name: "EanLocationCodeEntity",
    da: "Enhedens eget lokationsnummer med system, leverandør, netoperatør og region",
  },
  { name: "PostalAddressInformation", da: "Postadresse; udeladt når den arves" },
  { name: "VisitingAddressInformation", da: "Besøgsadresse; udeladt når den er som postadressen" },
  { name: "ActivityAddressInformation", da: "Aktivitetsadresse; udeladt når den er som besøgsadressen" },
  { name: "MunicipalityCode", da: "Adressens kommunekode; kun fra version 2" },
  { name: "StreetCode", da: "Adressens vejkode; kun fra version 2" },
  {
    name: "CoordETRS89z32NMeasure",
    da: "Adressens koordinat mod nord, meter i ETRS89/UTM32, og efter den CoordETRS89z32EMeasure mod øst; kun fra version 2",
  },
  { name: "VirtualAddressInformation", da: "E-mail, hjemmeside, telefon og telefax; udeladt når de arves" },
];

const file = { contentType: "application/xml; charset=utf-8", encoding: "utf-8" } as const;
const folder = "sor_produktion/data/sor/sorxml";
const old = "sor/data/sor/sorxml";
const v2 = { attributes: v2Attributes, prefix: "sor1:", hasBom: true };

/** SOR XML in the three versions that are in use. */
export const sorXmlDatasets: readonly Dataset<"units">[] = [
  {
    ...file,
    name: "sor-xml-v1",
    title: { da: "SOR XML version 1", en: "SOR XML version 1" },
    path: `${folder}/v_1_0_0/Sor.xml`,
    aliases: [`${old}/v_1_0_0/Sor.xml`],
    columns,
    writer: (facts) =>
      treeWriter({ attributes: v1Attributes, prefix: "", hasBom: false, unit: v1Unit }, facts),
  },
  {
    ...file,
    name: "sor-xml-v2",
    title: { da: "SOR XML version 2", en: "SOR XML version 2" },
    path: `${folder}/v_2_0_0/Sor.xml`,
    aliases: [`${old}/v_2_0_0/Sor.xml`],
    columns,
    writer: (facts) => treeWriter({ ...v2, unit: (line) => v2Unit(line, 2) }, facts),
  },
  {
    ...file,
    name: "sor-xml-v3",
    title: {
      da: "SOR XML version 3, med klinisk-administrative niveauer (ID27)",
      en: "SOR XML version 3, with clinical-administrative levels (ID27)",
    },
    path: `${folder}/v_3_0_0/Sor.xml`,
    aliases: [`${old}/v_3_0_0/Sor.xml`],
    columns: [
      ...columns,
      { name: "OrganisationalLevelCode", da: "Klinisk-administrativt niveau, SNOMED CT-kode", isOurs: true },
    ],
    writer: (facts) =>
      treeWriter({ ...v2, attributes: v3Attributes, unit: (line) => v2Unit(line, 3) }, facts),
  },
];
