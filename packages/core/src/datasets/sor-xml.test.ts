import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SaxesParser } from "saxes";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LocationVersion } from "../endpoints/index.ts";
import { effectiveValues, OrganisationAttributes, type VersionRow } from "../organisations/index.ts";
import { datasets } from "./datasets.ts";
import type { UnitLine } from "./source-rows.ts";

const sample = fileURLToPath(
  new URL("../../../../../shared/reference/sor/sor-xml-v2_sample.xml", import.meta.url),
);
const schemas = fileURLToPath(new URL("../../../../../shared/reference/sor/xml-v1-xsd", import.meta.url));
const facts = { sequence: 7, position: "7", day: "2026-03-02", madeAt: new Date("2026-03-02T00:00:01.5Z") };

function writtenBy(name: string, lines: readonly UnitLine[]) {
  const writer = datasets.units.find((each) => each.name === name)?.writer(facts);
  if (!writer) throw new Error(`no ${name}`);
  const text = writer.begin() + lines.map(writer.add).join("") + writer.end();
  return { text, ...writer.counts() };
}

type Given = Partial<VersionRow> & { firstFrom?: string };

function aLine(
  row: Given & { sorId: string; level: VersionRow["level"] },
  above: readonly UnitLine[] = [],
): UnitLine {
  const { firstFrom = "2018-04-18", ...given } = row;
  const attributes = OrganisationAttributes.parse({ parentSorId: null, name: row.name ?? "Enhed" });
  const period = { validFrom: "2018-07-25", validTo: null, recordedAt: new Date(0), supersededAt: null };
  const whole: VersionRow = {
    ...{
      id: row.sorId,
      searchText: "",
      searchOrder: "",
      searchKey: "",
      searchKind: null,
      ...period,
      ...attributes,
      updatedOn: "2018-07-24",
    },
    ...given,
    parentSorId: above.at(-1)?.row.sorId ?? null,
  };
  const path = [whole, ...above.toReversed().map((line) => line.row)];
  const held = {
    ...{ id: "l", gln: row.gln ?? "", validFrom: "2018-07-25", validTo: null, recordedAt: new Date(0) },
    ...{ supersededAt: null, onlyInternal: false, nonActive: false, systemId: null, supplierId: null },
    ...{
      netOperatorCode: "41000035001",
      regionCode: "1081",
      ediAdministrator: "639",
      note: null,
      successorGln: null,
    },
  } as LocationVersion;
  const names = {
    supplierName: "L",
    supplierSorCode: "162",
    systemName: "S",
    systemSorCode: "225",
    operatorName: "KMD",
  };
  return {
    ...{ row: whole, firstFrom, path, values: effectiveValues(path), isShown: true, isPlaced: true },
    ...{ replaces: [], replacedBy: [], location: row.gln ? { row: held, ...names } : null },
  };
}

const address = {
  street: "Eksempelvej",
  building: "1",
  postCode: "9700",
  district: "Eksempelby",
  country: "DK",
  ...{ municipalityCode: "0810", streetCode: "2277", north: "6347000.000", east: "557500.000" },
};
const owner = aLine({
  ...{ sorId: "9999911000016007", level: "owner", name: "Eksempel Fodterapi", typeCode: "550891000005100" },
  ...{
    gln: "5790000000005",
    postalAddress: address,
    virtualAddress: { telephone: "12345678" },
    cvr: "12345674",
    regionCode: "1081",
  },
});
const institution = aLine(
  {
    ...{
      sorId: "9999921000016003",
      level: "institution",
      name: "Eksempelby fodterapi",
      typeCode: "554061000005105",
    },
    ...{ glnInherited: true, postalAddress: address, visitingAddress: address },
    ...{ virtualAddress: { email: "klinik@example.dk", website: "www.example.dk", telephone: "12345678" } },
    ...{ validFrom: "2018-12-21", updatedOn: "2018-12-20", regionCode: "1081" },
  },
  [owner],
);
const one = aLine(
  {
    ...{ sorId: "9999931000016001", level: "unit", name: "Behandler Et", typeCode: "255203001" },
    ...{ glnInherited: true, validFrom: "2018-04-18", updatedOn: "2018-04-11" },
  },
  [owner, institution],
);

type Tree = { name: string; text: string; children: Tree[] };

/** The elements of a document with their namespaces. */
function treeOf(text: string): Tree {
  const parser = new SaxesParser({ xmlns: true });
  const root: Tree = { name: "", text: "", children: [] };
  const open = [root];
  parser.on("opentag", ({ local, uri }) => {
    const made = { name: `{${uri}}${local}`, text: "", children: [] };
    open.at(-1)?.children.push(made);
    open.push(made);
  });
  parser.on("text", (piece) => {
    const top = open.at(-1);
    if (top) top.text += piece.trim();
  });
  parser.on("closetag", () => open.pop());
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(text).close();
  return root;
}

describe.skipIf(!existsSync(sample))(
  "a version 2 file (skipped where shared/reference/sor is absent)",
  () => {
    test("is element by element what the real file is: namespaces, order, values", () => {
      const real = treeOf(readFileSync(sample, "utf8").replace(/^\uFEFF/, ""));
      // The last unit of the sample is an addition by its source's author, without a status.
      const inner = real.children[0]?.children[2]?.children[1]?.children[1];
      inner?.children.pop();
      const ours = treeOf(writtenBy("sor-xml-v2", [owner, institution, one]).text.replace(/^\uFEFF/, ""));
      const [head, wanted] = [ours.children[0]?.children, real.children[0]?.children];
      expect(head?.[0]?.name).toBe(wanted?.[0]?.name);
      const status = wanted?.[2]?.children[0]?.children[3]?.children.at(-1)?.children;
      // The register keeps no day of first use and change of a location number apart from its own.
      expect(status?.pop()?.name).toMatch(/FirstFromDate$/);
      expect(status?.pop()?.name).toMatch(/UpdatedAt$/);
      head?.[2]?.children[0]?.children[3]?.children.at(-1)?.children.pop();
      expect(head?.[2]).toEqual(wanted?.[2]);
    });
  },
);

/** The schemas of version 1 in a folder of their own; the two elements that they import from elsewhere, one of them commented out there, may hold anything. */
function schemasOfVersion1(): string {
  const folder = mkdtempSync(join(tmpdir(), "sor-schemas-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(schemas, folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), "utf8");
    const whole = text.replaceAll(/<!--\s*(<xs:(?:import|element)[^>]*>)\s*-->/g, "$1");
    writeFileSync(join(folder, name), whole.replace(/"http:[^"]*\/(XKOM_\w+\.xsd)"/g, '"$1"'));
  }
  for (const [name, space] of [
    ["AddressPostal", "2006/01/06/"],
    ["EmailAddressIdentifier", "2005/03/15/"],
  ]) {
    writeFileSync(
      join(folder, `XKOM_${name}.xsd`),
      `<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://rep.oio.dk/xkom.dk/xml/schemas/${space}"><element name="${name}" type="anyType"/></schema>`,
    );
  }
  return join(folder, "SorTree.xsd");
}

const hasValidator = spawnSync("xmllint", ["--version"]).status === 0;
describe.skipIf(!existsSync(schemas) || !hasValidator)(
  "a version 1 file (skipped where shared/reference/sor or xmllint is absent)",
  () => {
    test("is valid by the schemas of version 1, whatever a unit leaves out", () => {
      const second = aLine({ sorId: "9999941000016004", level: "owner", name: "Uden oplysninger" });
      const below = aLine({ sorId: "9999951000016002", level: "institution", name: "Under den" }, [second]);
      const last = aLine({ sorId: "9999961000016000", level: "unit", name: "Nederst" }, [second, below]);
      const { text } = writtenBy("sor-xml-v1", [owner, institution, one, second, below, last]);
      const args = ["--nonet", "--noout", "--schema", schemasOfVersion1(), "-"];
      const checked = spawnSync("xmllint", args, { input: text, encoding: "utf8" });
      expect([checked.status, checked.stderr.slice(0, 2000)]).toEqual([0, "- validates\n"]);
    });
  },
);

test("a file begins with its byte order mark where the known one does, and says instant and day", () => {
  const { text } = writtenBy("sor-xml-v2", [owner]);
  expect(text.startsWith("\uFEFF<?xml")).toBe(true);
  expect(text).toContain("<sor1:CreatedAtTime>2026-03-02T00:00:01Z</sor1:CreatedAtTime>");
  expect(writtenBy("sor-xml-v1", [owner]).text).toMatch(
    /^<\?xml[\s\S]*<SnapshotDate>2026-03-02<\/SnapshotDate>/,
  );
});

test("version 3 adds the level to version 2", () => {
  const line = aLine({ ...one.row, organisationalLevelCode: "1234567890123456" }, [owner, institution]);
  const without = (name: string) => writtenBy(name, [owner, institution, line]).text;
  expect(without("sor-xml-v3").replace(/<OrganisationalLevelCode>\d+<\/OrganisationalLevelCode>\n/, "")).toBe(
    without("sor-xml-v2").replace("urn:oio:nsi:2.0.0", "urn:oio:nsi:3.0.0"),
  );
  expect(without("sor-xml-v3")).toContain("<OrganisationalLevelCode>1234567890123456<");
});

test("siblings and cousins hang where they belong, and what has no place is left out and counted", () => {
  const other = aLine({ ...one.row, sorId: "2" }, [owner, institution]);
  const below = aLine({ ...one.row, sorId: "3" }, [owner, institution, other]);
  const second = aLine({ ...institution.row, sorId: "4" }, [owner]);
  const lost = { ...aLine({ ...one.row, sorId: "5" }, [owner]), isPlaced: false };
  const { text, leftOut } = writtenBy("sor-xml-v1", [owner, institution, one, other, below, second, lost]);
  const shape = (tree: Tree): string =>
    tree.children
      .map((child) => {
        if (/(?:Owner|Institution|Unit)Entity$/.test(child.name)) return `(${shape(child)})`;
        return child.children.find(({ name }) => name.endsWith("SorIdentifier"))?.text ?? "";
      })
      .join("");
  const { sorId } = owner.row;
  const written = shape(treeOf(text).children[0] as Tree);
  expect(written).toBe(`(${sorId}(${institution.row.sorId}(${one.row.sorId})(2(3)))(4))`);
  expect(leftOut).toBe(1);
});

test("hostile names are escaped, and what XML forbids is left out", () => {
  const { text } = writtenBy("sor-xml-v2", [aLine({ ...owner.row, name: 'A & B <"C">\u0001 😀;ÆØÅ' })]);
  const [, , entity] = treeOf(text.replace(/^\uFEFF/, "")).children[0]?.children ?? [];
  expect(entity?.children[0]?.children[1]?.text).toBe('A & B <"C"> 😀;ÆØÅ');
});

test("SOR2 has the coordinates with a decimal comma, and Geolocations those of the first address that has them", () => {
  const lineOf = (visitingAddress: object | null) =>
    aLine({ ...institution.row, visitingAddress, sorId: "7" }, [owner]);
  const own = lineOf({ street: "Sidevej", north: "6100000.500", east: "700000.250" });
  const without = aLine({ ...owner.row, sorId: "8", postalAddress: { street: "Uden" } });
  const [head = "", first = "", ...none] = writtenBy("sor2-geolocations", [own, without])
    .text.trimEnd()
    .split("\r\n");
  expect(head).toContain("CoordETRS89z32NMeasure;CoordETRS89z32EMeasure");
  expect(first).toBe("7;VisitingAddress;;;6100000,500;700000,250;2018-12-21;");
  expect(none).toEqual([]);
  const [names = "", row = ""] = writtenBy("sor2-entities", [own]).text.slice(1).split("\r\n");
  const cell = (name: string) => row.split(";")[names.split(";").indexOf(name)];
  expect([cell("PostalAddressCoordETRS89z32EMeasure"), cell("PostalAddressMunicipalityCode")]).toEqual([
    "557500,000",
    "0810",
  ]);
  expect(cell("VisitingAddressCoordETRS89z32NMeasure")).toBe("6100000,500");
});
