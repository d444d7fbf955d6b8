import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Context, createContext, inSnapshot } from "../context.ts";
import type { Database } from "../database/index.ts";
import { datasets, encodeText, readSource } from "../datasets/index.ts";
import { listJournal } from "../journal/index.ts";
import { getShakCode, listShakChildren, searchShakCodes } from "../organisations/index.ts";
import { piecesOf, testDatabase } from "../testing/index.ts";
import { type Finding, findingText, importShak } from "./index.ts";
import { decodeShak, readShakRow } from "./read-shak-row.ts";

const sample = fileURLToPath(
  new URL("../../../../../shared/reference/shak/SHAKCOMPLETE_2011-08.TXT", import.meta.url),
);
type Given = { type?: string; code?: string; from?: string; to?: string; name?: string; operation?: string };

/** A row of 214 characters. */
function aRow({
  type = "afd",
  code = "990101",
  from = "20000101",
  to = "25000101",
  name = "Øjenafdeling",
  operation = " ",
}: Given = {}): string {
  const start = `${type}${code.padEnd(20)}${from}20000102${to}${name.padEnd(120)}050052`;
  return `${start.padEnd(187)}${operation}`.padEnd(214);
}
const hospital = aRow({ type: "sgh", code: "9901", name: "Prøve Hospital" });
const file = (...rows: string[]) => Buffer.from(rows.map((row) => `${row}\r\n`).join(""), "latin1");

let db: Database;
let ctx: Context;
beforeAll(async () => {
  db = await testDatabase();
  ctx = createContext(db, { kind: "system", job: "import-shak" }, new Date("2011-09-01T10:00:00Z"));
});
const run = (bytes: Uint8Array, isFull = false) =>
  importShak(ctx, { bytes: piecesOf(bytes, 10_007), isFull, onProgress: () => undefined });
const stored = () => db.$count(sql`shak_codes`);

describe("a row", () => {
  test("is parsed by position; the last day becomes the first day after it", () => {
    expect(readShakRow(aRow({ to: "20101231" }), 1)).toEqual({
      row: {
        code: "990101",
        validFrom: "2000-01-01",
        validTo: "2011-01-01",
        lastChanged: "2000-01-02",
        kind: "department",
        name: "Øjenafdeling",
        searchText: "oejenafdeling",
        groups: ["050", "052"],
        mark: null,
      },
    });
    expect(readShakRow(aRow(), 1)).toMatchObject({ row: { validTo: null } });
  });

  test.each<[Given | string, string]>([
    [{ type: "xyz" }, "line 7, 1-3: is neither sgh nor afd"],
    [{ code: "99" }, "line 7, 4-23: is not a SHAK code"],
    [{ type: "sgh" }, "line 7, 4-23: is not a SHAK code"],
    [{ from: "20110230" }, "line 7, 24-31: is not a date"],
    [{ to: "19991231" }, "line 7, 40-47: ends before it begins"],
    [{ operation: "2" }, "line 7, 188: deletes a code: the file is a delta, not SHAKCOMPLETE"],
    [aRow().slice(1), "line 7, row: the row has 213 characters, not 214"],
    ["", "line 7, row: the row has 0 characters, not 214"],
  ])("%j: %s", (given, text) => {
    const read = readShakRow(typeof given === "string" ? given : aRow(given), 7);
    expect("fault" in read && findingText(read.fault, "en")).toBe(text);
  });

  test("bytes are ISO-8859-15, with the dashes of windows-1252", () => {
    expect(decodeShak(Buffer.from([0xe6, 0xf8, 0xe5, 0xa4, 0x96, 0xbd]))).toBe("æøå€–œ");
  });
});

describe("a file", () => {
  test("is imported once; again it changes nothing; a row that closes is reported as closed", async () => {
    const first = await run(file(hospital, aRow(), aRow({ code: "9901011", name: "Afsnit" })));
    expect(first.counts["shakCodes"]).toEqual({ created: 3, changed: 0, closed: 0, unchanged: 0 });
    const entries = (await listJournal(db, { limit: 100 })).length;
    const again = await run(file(hospital, aRow(), aRow({ code: "9901011", name: "Afsnit" })));
    expect(again.counts["shakCodes"]).toEqual({ created: 0, changed: 0, closed: 0, unchanged: 3 });
    expect((await listJournal(db, { limit: 100 })).length).toBe(entries);
    const third = await run(file(hospital, aRow({ to: "20101231" }), aRow({ code: "9901012", name: "Nyt" })));
    expect(third).toMatchObject({
      notInFile: 1,
      counts: { shakCodes: { created: 1, closed: 1, unchanged: 1 } },
    });
    expect((await getShakCode(ctx, { code: "990101" })).periods).toMatchObject([{ validTo: "2011-01-01" }]);
    const [entry] = await listJournal(db, { subjectId: "990101", limit: 1 });
    expect(entry).toMatchObject({
      subjectType: "shak-code",
      before: { validTo: null },
      after: { validTo: "2011-01-01", name: "Øjenafdeling" },
    });
    expect(await run(file(hospital), true)).toMatchObject({
      counts: { shakCodes: { closed: 3, unchanged: 1 } },
    });
    expect(await stored()).toBe(1);
  });

  test("is rejected as a whole", async () => {
    const before = await stored();
    const texts = async (bytes: Uint8Array) => {
      const error = await run(bytes).then(
        () => undefined,
        (thrown) => thrown,
      );
      return (error.details.faults as Finding[]).map((fault) => findingText(fault, "en"));
    };
    const good = aRow({ code: "990201" });
    expect(await texts(file(good, aRow({ code: "1" }), good))).toEqual(["line 2, 4-23: is not a SHAK code"]);
    expect(await texts(file(good, aRow({ code: "990201", from: "20050101" })))).toEqual([
      "line 2, 24-47: the period overlaps that on line 1",
    ]);
    expect(await texts(Buffer.from(""))).toEqual(["line 0, file: is empty"]);
    expect((await texts(Buffer.alloc(2_000_000, 65)))[0]).toMatch(/^line 1, row: the row has \d+ characters/);
    expect(await stored()).toBe(before);
  });
});

/** The classification as the file SHAKCOMPLETE. */
async function exported(): Promise<Buffer> {
  const dataset = datasets.shak.find(({ name }) => name === "shak-complete");
  const writer = dataset?.writer({ sequence: 1, position: "1", day: "2026-01-01", madeAt: ctx.now });
  let text = "";
  await inSnapshot(ctx, async (tx) => {
    for await (const rows of readSource.shak(tx, "2026-03-02"))
      for (const row of rows) text += writer?.add(row) ?? "";
  });
  return encodeText(text, "iso-8859-15");
}

describe.skipIf(!existsSync(sample))(
  "SHAKCOMPLETE of 2011 (skipped where shared/reference/shak is absent)",
  () => {
    test("all 19,428 rows are imported, twice, and the tree and the search use them", async () => {
      const bytes = readFileSync(sample);
      const report = await run(bytes, true);
      expect(report.counts["shakCodes"]).toMatchObject({ created: 19_428 });
      expect(report.warnings.map((warning) => findingText(warning, "en"))).toHaveLength(3);
      expect(report.warnings[0]).toEqual({ line: 750, place: "48-167", rule: "empty" });
      expect((await run(bytes, true)).counts["shakCodes"]).toMatchObject({
        created: 0,
        changed: 0,
        unchanged: 19_428,
      });
      expect(await stored()).toBe(19_428);
      expect((await exported()).equals(bytes)).toBe(true);
      const hospitals = await listShakChildren(ctx, { code: null, limit: 1000 });
      expect(hospitals.items.find((item) => item.code === "1301")).toMatchObject({
        name: "Rigshospitalet",
        isValid: true,
      });
      const below = await listShakChildren(ctx, { code: "1301", historic: "include", limit: 1000 });
      expect(below.items.map((item) => item.code)).toEqual(below.items.map((item) => item.code).toSorted());
      expect(below.items.length).toBe(
        (await listShakChildren(ctx, { code: null, historic: "include", limit: 1000 })).items.find(
          (item) => item.code === "1301",
        )?.childCount,
      );
      expect((await getShakCode(ctx, { code: "1301011" })).periods.length).toBeGreaterThan(2);
      const found = await searchShakCodes(ctx, { q: "anæstesi rigshospitalet" });
      expect(found.items.map((item) => item.code)).toContain("130101");
      expect((await searchShakCodes(ctx, { q: "130101" })).items[0]?.code).toBe("130101");
    }, 300_000);
  },
);
