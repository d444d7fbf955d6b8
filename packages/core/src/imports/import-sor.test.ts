import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";

import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listLocationVersions } from "../endpoints/index.ts";
import { completeGln, makeSorId } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import {
  findOrganisation,
  getOrganisation,
  listOrganisationHistory,
  listSuccessors,
  OrganisationUpdate,
  searchOrganisations,
} from "../organisations/index.ts";
import { aSorFile, type FileOwner, piecesOf, testDatabase, updateOrganisation } from "../testing/index.ts";
import { importSor } from "./index.ts";

const samples = fileURLToPath(new URL("../../../../../shared/reference/sor/", import.meta.url));
const [owner, house, unitA, unitB] = [1, 2, 3, 4].map((n) => makeSorId(5000 + n)) as [
  string,
  string,
  string,
  string,
];
const gln = completeGln("579000500000");
const start = new Date("2026-06-01T10:00:00Z");
let db: Database;
let ctx: Context;

beforeEach(async () => {
  db = await testDatabase();
  ctx = createContext(db, { kind: "system", job: "import-sor" }, start);
});

const run = (file: string | Uint8Array, isFull = false, at: Context = ctx) => {
  const bytes = piecesOf(typeof file === "string" ? Buffer.from(file) : file);
  return importSor(at, { bytes, isFull, onProgress: () => undefined });
};
const later = (seconds: number) =>
  createContext(db, { kind: "system", job: "import-sor" }, new Date(start.getTime() + seconds * 1000));
const journalled = async () => (await listJournal(db, { limit: 1000 })).length;
const country = (
  given: { owner?: Partial<FileOwner>; a?: object; b?: object; withoutB?: boolean } = {},
): FileOwner[] => [
  {
    sorId: owner,
    name: "Ejer",
    ...given.owner,
    institutions: [
      {
        sorId: house,
        name: "Huset",
        shak: "9901",
        units: [
          { sorId: unitA, name: "Afsnit A", gln, ...given.a },
          ...(given.withoutB ? [] : [{ sorId: unitB, name: "Afsnit B", gln, ...given.b }]),
        ],
      },
    ],
  },
];
describe("a file of SOR XML", () => {
  test("is imported as units, location numbers, suppliers, systems and net operators; again, it changes nothing", async () => {
    const file = aSorFile(country());
    const first = await run(file);
    expect(first.counts).toMatchObject({
      units: { created: 4 },
      locations: { created: 1 },
      suppliers: { created: 1 },
      systems: { created: 1 },
      netOperators: { created: 1 },
    });
    expect(await getOrganisation(ctx, { sorId: unitA })).toMatchObject({
      name: "Afsnit A",
      gln,
      regionCode: "1082",
      typeCode: "550851000005109",
      validFrom: "2020-01-01",
      path: [{ sorId: owner }, { sorId: house }, { sorId: unitA }],
    });
    const names = await db.execute(sql`
      select (select name from suppliers) as supplier, (select name from systems) as system, (select name from net_operators) as operator`);
    expect(names.rows).toEqual([
      {
        supplier: "Ukendt leverandør (1001000055001)",
        system: "Ukendt system (221000045007)",
        operator: "KMD",
      },
    ]);
    const entries = await journalled();
    const second = await run(file, false, later(1));
    expect(second.counts).toMatchObject({
      units: { created: 0, changed: 0, closed: 0, unchanged: 4 },
      locations: { created: 0, changed: 0, closed: 0, unchanged: 1 },
    });
    expect(await journalled()).toBe(entries);
  });

  test("is journalled by unit and location, and finally as a whole", async () => {
    await run(aSorFile(country()));
    const entries = await listJournal(db, { limit: 100 });
    expect(entries[0]).toMatchObject({
      subjectType: "register",
      subjectId: "sor",
      action: "register.import",
      glns: [],
    });
    expect(entries.filter((entry) => entry.subjectType === "unit")).toHaveLength(4);
    expect(entries.find((entry) => entry.subjectType === "location")).toMatchObject({
      subjectId: gln,
      glns: [gln],
    });
    expect(entries.find((entry) => entry.subjectId === unitA)).toMatchObject({
      glns: [gln],
      before: null,
      after: { versions: [{ name: "Afsnit A" }] },
    });
  });

  test("a changed name is valid from the day of the change; earlier days and earlier knowledge are kept", async () => {
    await run(aSorFile(country()));
    const report = await run(
      aSorFile(country({ a: { name: "Nyt", updated: "2026-04-01" } })),
      false,
      later(10),
    );
    expect(report.counts["units"]).toEqual({ created: 0, changed: 1, closed: 0, unchanged: 3 });
    const history = await listOrganisationHistory(ctx, { sorId: unitA });
    expect(
      history
        .filter((each) => each.supersededAt === null)
        .map((each) => [each.validFrom, each.validTo, each.name]),
    ).toEqual([
      ["2020-01-01", "2026-04-01", "Afsnit A"],
      ["2026-04-01", null, "Nyt"],
    ]);
    const knownAt = new Date(start.getTime() + 5000);
    expect((await getOrganisation(ctx, { sorId: unitA, knownAt })).name).toBe("Afsnit A");
  });

  test("ToDate is the last day, and a unit with one closes; its location number stays valid through the other unit", async () => {
    await run(aSorFile(country()));
    const closing = aSorFile(country({ a: { to: "2026-04-30", updated: "2026-05-01" } }));
    const report = await run(closing, false, later(1));
    expect(report.counts).toMatchObject({ units: { closed: 1, unchanged: 3 }, locations: { unchanged: 1 } });
    expect((await findOrganisation(ctx, { sorId: unitA, validAt: "2026-04-30" }))?.name).toBe("Afsnit A");
    expect(await findOrganisation(ctx, { sorId: unitA, validAt: "2026-05-01" })).toBeUndefined();
    expect((await run(closing, false, later(2))).counts["units"]).toMatchObject({ unchanged: 4 });
    expect((await listLocationVersions(db, gln)).map((each) => each.validTo)).toEqual([null]);
  });

  test("units that are not in the file are counted and unchanged, and closed only by a full file", async () => {
    await run(aSorFile(country()));
    const without = aSorFile(country({ withoutB: true }));
    expect(await run(without, false, later(1))).toMatchObject({
      notInFile: 1,
      counts: { units: { closed: 0 } },
    });
    expect(await findOrganisation(ctx, { sorId: unitB })).toBeDefined();
    expect(await run(without, true, later(2))).toMatchObject({ counts: { units: { closed: 1 } } });
    expect(await findOrganisation(ctx, { sorId: unitB, validAt: "2026-04-30" })).toBeDefined();
    expect(await findOrganisation(ctx, { sorId: unitB, validAt: "2026-05-01" })).toBeUndefined();
    const entries = await journalled();
    expect(await run(without, true, later(3))).toMatchObject({
      notInFile: 0,
      counts: { units: { closed: 0 } },
    });
    expect(await journalled()).toBe(entries);
  });

  test("edits made here after the file's last change are kept, with a warning", async () => {
    await run(aSorFile(country()));
    const edit = { sorId: unitA, validFrom: "2026-05-15", attributes: { name: "Rettet her" } };
    await updateOrganisation(later(1), OrganisationUpdate.parse(edit));
    const report = await run(
      aSorFile(country({ a: { name: "Gammelt", updated: "2026-04-01" } })),
      false,
      later(2),
    );
    expect(report.warnings.map((each) => [each.rule, each.place])).toContainEqual(["register-newer", unitA]);
    expect((await getOrganisation(ctx, { sorId: unitA })).name).toBe("Rettet her");
  });

  test("a unit is found by an inherited town, also when only the ancestor's address changes", async () => {
    const found = async (q: string) => (await searchOrganisations(ctx, { q })).items.map((hit) => hit.name);
    await run(aSorFile(country({ owner: { place: { postCode: "9990", district: "Skagen" } } })));
    expect(await found("afsnit skagen")).toEqual(["Afsnit A", "Afsnit B"]);
    await run(
      aSorFile(country({ owner: { place: { postCode: "3770", district: "Allinge" } } })),
      false,
      later(1),
    );
    expect(await found("afsnit skagen")).toEqual([]);
    expect(await found("afsnit allinge")).toEqual(["Afsnit A", "Afsnit B"]);
  });

  test("successions are stored; one with a unit outside the register is left out with a warning", async () => {
    const unknown = makeSorId(9999);
    const list = (name: string, sorId: string) =>
      `<${name}><SorIdentifier>${sorId}</SorIdentifier></${name}>`;
    const extra = `${list("ReplacesEntityCollection", unknown)}${list("ReplacedByEntityCollection", unitB)}`;
    const report = await run(aSorFile(country({ a: { extra } })));
    expect((await listSuccessors(ctx, { sorId: unitA })).replacedBy).toEqual([
      { sorId: unitB, name: "Afsnit B", share: null },
    ]);
    expect(report.warnings.map((each) => each.rule)).toEqual(["no-such-successor"]);
  });
});

describe.skipIf(!existsSync(samples))(
  "the authority's samples (skipped where shared/reference/sor is absent)",
  () => {
    test.each([
      ["sor-xml-v1_ONE_APOTEK.xml", "306031000016009", { units: { created: 3 }, locations: { created: 1 } }],
      ["sor-xml-v1_ONE_SYGEHUS.xml", "347831000016005", { units: { created: 4 }, locations: { created: 0 } }],
    ])("%s is imported completely, twice", async (name, sorId, counts) => {
      const file = readFileSync(`${samples}${name}`);
      expect((await run(file)).counts).toMatchObject(counts);
      const entries = await journalled();
      expect((await run(file, false, later(1))).counts["units"]).toMatchObject({ created: 0, changed: 0 });
      expect(await journalled()).toBe(entries);
      expect((await getOrganisation(ctx, { sorId, validAt: "2010-01-26" })).path).toHaveLength(
        counts.units.created,
      );
    });
  },
);
