import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { inventCountry, loadCountry } from "../demo/index.ts";
import { makeSorId } from "../identifiers/index.ts";
import { appendEntries } from "../journal/index.ts";
import { shakCodes } from "../organisations/tables.ts";
import { anOrganisation, testDatabase } from "../testing/index.ts";
import { listPublished, makeDueSnapshot, readManifest } from "./index.ts";
import { weekName } from "./write-shak-weeks.ts";

let db: Database;
const place = { filesDir: mkdtempSync(join(tmpdir(), "files-")), schedule: [60], keepDays: 2 };
const system = { kind: "system", job: "test" } as const;
// Monday of week 10, after the night's run is due.
const now = new Date("2026-03-02T00:30:00Z");
let text: (dataset: string) => string;
let leftOut = 0;
const hostile = 'Kræft; "afsnit"\u2028😀';

const aShakRow = (code: string, name: string, more: object = {}) => ({
  ...{ code, name, validFrom: "2007-01-01", validTo: null, lastChanged: "2026-02-24", mark: null },
  ...{ kind: "hospital" as const, searchText: name, groups: ["111", "3", "", ""], ...more },
});

beforeAll(async () => {
  db = await testDatabase();
  await loadCountry(createContext(db, system, now), inventCountry(300, 1, now));
  const region = makeSorId(61_000);
  const common = { regionCode: "1085" };
  await anOrganisation(db, {
    ...common,
    sorId: region,
    name: "Region Sjælland",
    typeCode: "550881000005103",
  });
  let parentSorId = region;
  for (let depth = 2; depth <= 10; depth += 1) {
    const sorId = makeSorId(61_000 + depth);
    const level = depth === 2 ? ("institution" as const) : ("unit" as const);
    const name = depth === 3 ? hostile : `Niveau ${depth}`;
    await anOrganisation(db, {
      ...common,
      sorId,
      name,
      level,
      parentSorId,
      shakCode: depth === 2 ? "2500" : null,
    });
    parentSorId = sorId;
  }
  const rows = [
    aShakRow("2500", "Sygehus Øst", { groups: ["111", "2", "", ""] }),
    aShakRow("8001", "Aalborg"),
  ];
  await db.insert(shakCodes).values(rows);
  const entry = (at: string, before: object | null, after: object | null) =>
    db.transaction((tx) =>
      appendEntries(tx, system, new Date(at), [
        {
          action: "register.import",
          outcome: "done",
          subjectType: "shak-code",
          subjectId: "x",
          before,
          after,
        },
      ]),
    );
  await entry("2026-02-16T10:00:00Z", null, aShakRow("8002", "Gammel"));
  // Monday 00:00 in Denmark begins week 9.
  await entry("2026-02-22T22:59:59Z", aShakRow("8001", "Ålborg"), aShakRow("8001", "Aalborg"));
  await entry("2026-02-22T23:00:00Z", null, aShakRow("2500", "Sygehus"));
  await entry("2026-02-24T10:00:00Z", aShakRow("2500", "Sygehus"), aShakRow("2500", "Sygehus Øst"));
  await entry("2026-02-25T10:00:00Z", aShakRow("8002", "Gammel"), null);
  await entry("2026-02-26T10:00:00Z", aShakRow("8003", "Før"), aShakRow("8003", "Efter"));
  await entry("2026-02-27T10:00:00Z", aShakRow("8004", "A"), aShakRow("8004", "B"));
  await entry("2026-02-27T11:00:00Z", aShakRow("8004", "B"), aShakRow("8004", "A"));
  await entry("2026-03-01T23:30:00Z", null, aShakRow("8009", "I denne uge"));
  expect(await makeDueSnapshot(db, () => now, place)).toMatchObject({ made: "published" });
  const [name = ""] = await listPublished(place.filesDir);
  const { files } = await readManifest(place.filesDir, name);
  leftOut = files.find(({ dataset }) => dataset === "hierarchy-1085")?.leftOut ?? -1;
  text = (dataset) => {
    const file = files.find((each) => each.dataset === dataset);
    if (!file) throw new Error(`no ${dataset}`);
    const bytes = readFileSync(join(place.filesDir, name, file.path));
    return bytes.toString(file.contentType.includes("8859") ? "latin1" : "utf8");
  };
});
afterAll(() => rmSync(place.filesDir, { recursive: true }));

test("a week of SHAK has each row once, with what became of it, from Monday to Monday in Denmark", () => {
  const told = (dataset: string) =>
    text(dataset)
      .split("\n")
      .slice(0, -1)
      .map((row) => [row.length, row.slice(3, 7), row.slice(47, 60).trim(), row.slice(179, 182), row[187]]);
  expect(told("shak-delta")).toEqual([
    [214, "2500", "Sygehus Øst", "SKS", "1"],
    [214, "8002", "Gammel", "SKS", "2"],
    [214, "8003", "Efter", "SKS", "3"],
  ]);
  expect(text("shak-delta-2026_09")).toBe(text("shak-delta"));
  expect(told("shak-delta-2026_08").map(([, code, , , mark]) => [code, mark])).toEqual([
    ["8001", "3"],
    ["8002", "1"],
  ]);
  expect(() => text("shak-delta-2026_10")).toThrow("no shak-delta-2026_10");
});

test.each([
  ["2026-02-23", "2026_09"],
  ["2025-12-29", "2026_01"],
  ["2020-12-28", "2020_53"],
  ["2021-01-04", "2021_01"],
])("the week that begins on %s is %s", (monday, name) => {
  expect(weekName(monday)).toBe(name);
});

test("the hospitals of SHAK have their owner's kind, region and unit, as text and as XML", () => {
  const rows = text("shak-region").trimEnd().split("\r\n");
  expect(
    rows.map((row) => row.split("\t")).filter(([code]) => ["2500", "8001"].includes(code ?? "")),
  ).toEqual([
    ["2500", "Sygehus Øst", "20070101", "25000101", "2", "111", "1085", makeSorId(61_002)],
    ["8001", "Aalborg", "20070101", "25000101", "1", "111", "1081", ""],
  ]);
  expect(text("shak-region-xml").replaceAll(/\s*\n\s*/g, "")).toContain(
    "<SHAKregion><SHAKkode>2500</SHAKkode><DatoFra>20070101</DatoFra><Datotil>25000101</Datotil><Ejerforhold>2</Ejerforhold><Institutionsart>111</Institutionsart><Regionskode>1085</Regionskode></SHAKregion>",
  );
});

test("the hierarchy of a region is read by another program, and holds with itself row by row", () => {
  const file = text("hierarchy-1085");
  expect(file.startsWith("\uFEFFCodeSOR;ParentCodeSOR;")).toBe(true);
  expect(file.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  const options = { bom: true, columns: true, delimiter: ";", quote: false } as const;
  const rows: Record<string, string>[] = parse(file, options);
  const ours = rows.filter(({ CodeSOR = "" }) => Number(CodeSOR) > 0);
  const seen = new Map<string, Record<string, string>>();
  for (const row of ours) {
    const parent = seen.get(row["ParentCodeSOR"] ?? "");
    const level = Number(row["Level"]);
    expect(row["ParentCodeSOR"] === "" ? level === 1 : level === Number(parent?.["Level"]) + 1).toBe(true);
    const names = Array.from({ length: 8 }, (_, at) => row[`Niv${at + 1}`]);
    expect(names[0]).toBe("SOR");
    expect(names.slice(level).every((name) => name === "")).toBe(true);
    if (level > 1) expect(names[level - 1]).toBe(row["Name"]);
    expect([row["FromDate"], row["ToDate"]].join("")).toMatch(
      /^\d{8} 00:00:00 (\d{8} 00:00:00|99991231 23:59:00) $/,
    );
    seen.set(row["CodeSOR"] ?? "", row);
  }
  const deepest = seen.get(makeSorId(61_008));
  expect(deepest).toMatchObject({
    Level: "8",
    Niv2: "Niveau 2",
    Niv3: hostile.replace(";", ","),
    Niv8: "Niveau 8",
  });
  expect(seen.has(makeSorId(61_009)) || seen.has(makeSorId(61_010))).toBe(false);
  expect(leftOut).toBe(2);
  expect(seen.size).toBeGreaterThan(20);
});
