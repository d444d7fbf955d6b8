import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import type { Context } from "../context.ts";
import type { Database } from "../database/index.ts";
import { makeSorId } from "../identifiers/index.ts";
import { anOrganisation, applySet, draftSet, editorsOfRegister, unitToCreate } from "../testing/index.ts";
import { previewChangeSet } from "./index.ts";

const general = "394761003";
const hospitalType = "22232009";
let db: Database;
let system: Context;
let hospital: string;
let practice: string;

beforeAll(async () => {
  const world = await editorsOfRegister();
  ({ db, system } = world);
  [hospital, practice] = (await applySet(system, [
    institution(world.owner, { typeCode: hospitalType }),
    institution(world.owner, { typeCode: general }),
  ])) as [string, string];
  await db.execute(sql`insert into shak_codes
    (code, valid_from, valid_to, kind, name, search_text, groups) values
    ('1301', '2000-01-01', null, 'hospital', 'Hospital', 'hospital', '{}'),
    ('130101', '2000-01-01', '2025-01-01', 'department', 'Afdeling', 'afdeling', '{}'),
    ('1301011', '2000-01-01', null, 'ward', 'Afsnit', 'afsnit', '{}')`);
});

const institution = (parentSorId: string, attributes: object) =>
  unitToCreate(parentSorId, { attributes: { parentSorId, name: "Institution", ...attributes } });
const indicators = { hasAmbulantActivity: true, admitsPatients: false, isReportingLevel: true };
const unit = (attributes: object) =>
  unitToCreate("", {
    level: "unit",
    validFrom: "2026-07-01",
    attributes: { parentSorId: practice, name: "Enhed", ...attributes },
  });

test.each([
  ["a code of the list", { typeCode: general }, []],
  ["a code of no list", { typeCode: "123456" }, [["typeCode", "code-unknown"]]],
  ["a code for owners", { typeCode: "398070004" }, [["typeCode", "attribute-wrong-level"]]],
  ["a region of no list", { regionCode: "9999" }, [["regionCode", "code-unknown"]]],
  ["a speciality of no list", { specialities: [{ code: "123456" }] }, [["specialities", "code-unknown"]]],
  ["a SHAK code of a ward", { shakCode: "1301011" }, []],
  ["a SHAK code of a hospital", { shakCode: "1301" }, [["shakCode", "shak-length"]]],
  ["a SHAK code that has ended", { shakCode: "130101" }, [["shakCode", "shak-unknown"]]],
  ["a SHAK code of nobody", { shakCode: "9999999" }, [["shakCode", "shak-unknown"]]],
])("a new unit with %s is judged", async (_name, attributes, faults) => {
  const id = await draftSet(system, [unit(attributes)]);
  const { problems } = await previewChangeSet(system, { id });
  expect(problems.map(({ field, fault }) => [field, fault])).toEqual(faults);
});

test("a unit of a hospital must answer all three indicators when it is created, and keeps an old one without them", async () => {
  const missing = await draftSet(system, [unit({ parentSorId: hospital, hasAmbulantActivity: true })]);
  expect((await previewChangeSet(system, { id: missing })).problems).toMatchObject([
    { field: "admitsPatients", fault: "indicators-missing", severity: "error" },
  ]);
  const [ward] = (await applySet(system, [unit({ parentSorId: hospital, ...indicators })])) as [string];
  const forgetting = await draftSet(system, [
    { kind: "unit.change", sorId: ward, validFrom: "2026-08-01", attributes: { admitsPatients: null } },
  ]);
  expect((await previewChangeSet(system, { id: forgetting })).problems.map(({ fault }) => fault)).toEqual([
    "indicators-missing",
  ]);
});

test("a code that has expired stays where it is, and is refused where it is new", async () => {
  const expired = "726";
  const old = makeSorId(77_001);
  await anOrganisation(db, { sorId: old, level: "unit", parentSorId: practice, typeCode: expired });
  const id = await draftSet(system, [
    { kind: "unit.change", sorId: old, validFrom: "2026-08-01", attributes: { name: "Nyt navn" } },
    unit({ typeCode: expired }),
  ]);
  const { problems } = await previewChangeSet(system, { id });
  expect(problems.map(({ at, field, fault }) => [at, field, fault])).toEqual([
    [1, "typeCode", "code-expired"],
  ]);
});
