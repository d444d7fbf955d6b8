import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { completeGln, makeSorId } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import { aSorFile, piecesOf, testDatabase } from "../testing/index.ts";
import { type Finding, findingText, importSor } from "./index.ts";

const [owner, house, unitA, unitB] = [1, 2, 3, 4].map((n) => makeSorId(5000 + n)) as [
  string,
  string,
  string,
  string,
];
const gln = completeGln("579000500000");
let db: Database;
let ctx: Context;

beforeAll(async () => {
  db = await testDatabase();
  ctx = createContext(db, { kind: "system", job: "import-sor" }, new Date("2026-06-01T10:00:00Z"));
});

const run = (file: string | Uint8Array) => {
  const bytes = piecesOf(typeof file === "string" ? Buffer.from(file) : file);
  return importSor(ctx, { bytes, isFull: false, onProgress: () => undefined });
};
const journalled = async () => (await listJournal(db, { limit: 1000 })).length;
const country = (a: object = {}) => [
  {
    sorId: owner,
    name: "Ejer",
    institutions: [
      {
        sorId: house,
        name: "Huset",
        shak: "9901",
        units: [
          { sorId: unitA, name: "Afsnit A", gln, ...a },
          { sorId: unitB, name: "Afsnit B", gln },
        ],
      },
    ],
  },
];
const valid = aSorFile(country());
/** The messages of a rejected file. */
async function refusal(file: string | Uint8Array): Promise<string[]> {
  const error = await run(file).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: "invalid" });
  return (error.details.faults as Finding[]).map((fault) => findingText(fault, "en"));
}

const long = "x".repeat(61);
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;
const wrongGln = gln.slice(0, 12) + ((Number(gln[12]) + 1) % 10);
const wrongSor = unitB.slice(0, -1) + ((Number(unitB.at(-1)) + 1) % 10);

test.each([
  ["Afsnit B", long, "OrganizationalUnit/EntityName: longer than 60 characters"],
  [
    `<EanLocationCode>${gln}`,
    `<EanLocationCode>${wrongGln}`,
    "OrganizationalUnit/OptionalEanLocationCode/EanLocationCodeEntity/EanLocationCode: is not a location number (13 digits with the right check digit)",
  ],
  [unitB, wrongSor, "OrganizationalUnit/SorIdentifier: is not a SOR id (the check digit is wrong)"],
  ["<EntityName>Huset</EntityName>\n", "", "HealthInstitution: lacks EntityName"],
  ["<ShakIdentifier>9901", "<ShakIdentifier>99", "HealthInstitution/ShakIdentifier: is not a SHAK code"],
  ["<FromDate>2020-01-01", "<FromDate>2020-02-30", "InstitutionOwner/SorStatus/FromDate: is not a date"],
  [
    "<EntityName>Huset</EntityName>",
    "<EntityName>Huset</EntityName><Fremmed/>",
    "HealthInstitution/Fremmed: the element does not belong here; expected: EntityName, InstitutionType, PharmacyIdentifier, ShakIdentifier, OptionalEanLocationCode, GeographicalParent, PostalAddressInformation, VisitingAddressInformation, VirtualAddressInformation, SorStatus, ReplacesEntityCollection, ReplacedByEntityCollection",
  ],
  [
    "<TelephoneNumberIdentifier>87654321",
    "<TelephoneNumberIdentifier>8765432",
    "InstitutionOwner/VirtualAddressInformation/TelephoneNumberIdentifier: shorter than 8 characters",
  ],
])("%s -> %s: %s", async (from, to, text) => {
  const file = valid.replace(from, to);
  const line = lineOf(valid, from);
  const said = await refusal(file);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(new RegExp(`^line (${line}|${line + 1}), `));
  expect(said[0]?.endsWith(text)).toBe(true);
  expect(await db.$count(sql`organisations`)).toBe(0);
  expect(await journalled()).toBe(0);
});

test.each([
  ["another document", "<html/>", "is not a SorTree"],
  ["an older namespace", valid.replace("organisation:1.0.0", "organisation:9.0.0"), "is not a SorTree"],
  ["nothing", "", "not well-formed|halfway"],
  ["half a file", valid.slice(0, valid.length / 2), "not well-formed|halfway"],
  ["a tag that is not closed", valid.replace("</EntityName>", "</Navn>"), "not well-formed"],
  ["a document type", valid.replace("<SorTree", '<!DOCTYPE x [<!ENTITY a "b">]><SorTree'), "DOCTYPE"],
  ["bytes that are no UTF-8", Buffer.from(valid.replace("Afsnit A", "\u00e6"), "latin1"), "UTF-8"],
  ["a text without an end", valid.replace("Afsnit A", "x".repeat(1_100_000)), "1 MB|longer than 60"],
  ["the same unit twice", valid.replace(unitB, unitA), "stands twice in the file \\(on line \\d+ too\\)"],
  ["a period that ends before it begins", aSorFile(country({ to: "2019-12-31" })), "ends before it begins"],
])("%s", async (_name, file, text) => {
  expect((await refusal(file))[0]).toMatch(new RegExp(text));
  expect(await db.$count(sql`organisations`)).toBe(0);
});

test("in Danish too", () => {
  const fault: Finding = { line: 123, place: "OrganizationalUnit/EntityName", rule: "too-long", about: 60 };
  expect(findingText(fault, "da")).toBe("linje 123, OrganizationalUnit/EntityName: længere end 60 tegn");
  expect(findingText(fault, "en")).toBe("line 123, OrganizationalUnit/EntityName: longer than 60 characters");
});

test("the register is unchanged to the last row", async () => {
  await run(valid);
  const before = await db.execute(sql`select * from organisation_versions order by id`);
  await refusal(valid.replaceAll("Afsnit", "Nyt navn").replace("Huset", long));
  expect((await db.execute(sql`select * from organisation_versions order by id`)).rows).toEqual(before.rows);
});

test("a file with a thousand faults reports only some of them", async () => {
  const units = Array.from({ length: 300 }, (_, n) => ({ sorId: makeSorId(7000 + n), name: long }));
  const file = aSorFile([{ sorId: owner, institutions: [{ sorId: house, units }] }]);
  expect(await refusal(file)).toHaveLength(100);
});
