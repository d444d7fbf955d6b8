import { beforeAll, describe, expect, test } from "vitest";
import { previewChangeSet } from "../changesets/index.ts";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { LocationFilter } from "../message-types/index.ts";
import { type TableFormat, writeTable } from "../spreadsheets/index.ts";
import { aLocation, anEndpoint, aPerson, aVendor, newGln, receives, testDatabase } from "../testing/index.ts";
import { getReport, registrationRows, takeFile } from "./index.ts";

const now = new Date("2026-06-01T10:00:00Z");
let db: Database;
let vendor: Context;
let stranger: Context;
let [from, to] = ["", ""];
const glns = Array.from({ length: 4 }, newGln).toSorted() as [string, string, string, string];
const header = [
  "Lokationsnummer",
  "Enhed",
  "Meddelelsestype",
  "Version",
  "Retning",
  "Endepunkt",
  "Første dag",
  "Sidste dag",
  "Ophør",
];

beforeAll(async () => {
  db = await testDatabase();
  const [mine, other] = [await aVendor(db), await aVendor(db)];
  const as = async (supplierId: string) => createContext(db, await aPerson(db, supplierId, now), now);
  [vendor, stranger] = [await as(mine.supplierId), await as(other.supplierId)];
  [from, to] = [await anEndpoint(db, mine), await anEndpoint(db, mine)];
  for (const [n, gln] of glns.entries()) {
    await aLocation(db, { gln, supplierId: mine.supplierId });
    if (n < 3)
      await receives(db, gln, from, [
        ["DIS91", "D9134L"],
        ["CTL01", "C0130Q"],
      ]);
  }
});

async function rowsOf(ctx = vendor): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const row of registrationRows(ctx, LocationFilter.parse({}), "da")) rows.push(row);
  return rows;
}

async function bytesOf(rows: readonly (readonly string[])[], format: TableFormat = "csv"): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const given = async function* () {
    yield* rows;
  };
  for await (const part of writeTable(format, given())) parts.push(part);
  return Buffer.concat(parts);
}

async function take(bytes: Buffer, more: { isWhole?: boolean; ctx?: Context } = {}) {
  const { ctx = vendor, isWhole = false } = more;
  return await getReport(ctx, { id: await takeFile(ctx, { fileName: "prøve.csv", bytes, isWhole }) });
}

test("a row for each type, with its days and its endpoint's name, and one for a number that receives nothing", async () => {
  const rows = await rowsOf();
  expect(rows).toHaveLength(8);
  expect(rows[0]).toEqual(header);
  expect(rows[1]).toEqual([glns[0], "", "CTL01", "C0130Q", "modtager", from, "2020-01-01", "", ""]);
  expect(rows.at(-1)).toEqual([glns[3], "", "", "", "", "", "", "", ""]);
  expect(await rowsOf(stranger)).toEqual([header]);
});

describe("the unchanged file changes nothing", () => {
  test.each<TableFormat>(["csv", "xlsx"])("as %s", async (format) => {
    const { report, changeSetId } = await take(await bytesOf(await rowsOf(), format), { isWhole: true });
    expect([changeSetId, report.rows]).toEqual([null, 7]);
    expect(report.counts).toEqual({ created: 0, changed: 0, ended: 0, unchanged: 7, faulty: 0 });
  });

  test("by hand in Latin-1, in English, with fewer columns in another order and one more", async () => {
    const text = `Version,Remarks,MESSAGE TYPE,Location number\r\nD9134L,Årø,DIS91,${glns[0]}\r\n`;
    const { report } = await take(Buffer.from(text, "latin1"));
    expect([report.counts.unchanged, report.ignored]).toEqual([1, ["Remarks"]]);
  });
});

test("an edited file is a set: created, changed, ended and unchanged are told apart", async () => {
  const rows = await rowsOf();
  const edited = rows.map((row) => [...row]);
  (edited[1] as string[])[5] = to;
  (edited[2] as string[])[8] = "x";
  edited.push([glns[3], "", "DIS91", "D9134L", "", from, "01-07-2026", "", ""]);
  const { report, changeSetId } = await take(await bytesOf(edited, "xlsx"));
  expect(report.counts).toEqual({ created: 1, changed: 1, ended: 1, unchanged: 5, faulty: 0 });
  const { differences, problems } = await previewChangeSet(vendor, { id: changeSetId ?? "" });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(differences.map(({ id }) => id).toSorted()).toEqual([glns[0], glns[3]]);
});

test("a type that the file leaves out ends only when the file is said to be whole, and only for numbers in it", async () => {
  const some = (await rowsOf()).filter(
    ([gln, , type]) => gln !== glns[1] && !(gln === glns[0] && type === "CTL01"),
  );
  expect((await take(await bytesOf(some))).changeSetId).toBeNull();
  const { changeSetId } = await take(await bytesOf(some), { isWhole: true });
  const { differences } = await previewChangeSet(vendor, { id: changeSetId ?? "" });
  expect(differences).toMatchObject([{ id: glns[0], removed: [{ messageType: "CTL01" }] }]);
});

test("each fault is told with its row, column, value and rule; its number is left out of the set, and others are not", async () => {
  const row = (more: Partial<Record<number, string>>) =>
    [glns[1], "", "REF01", "H0130R", "modtager", from, "", "", ""].map((cell, at) => more[at] ?? cell);
  const { report, changeSetId } = await take(
    await bytesOf([
      header,
      row({ 0: "5,79E+12" }),
      row({ 0: "579000000001" }),
      row({ 0: "5790000000001" }),
      row({ 2: "DIS 91" }),
      row({ 3: "" }),
      row({ 4: "begge" }),
      row({ 5: "Findes ikke" }),
      row({ 6: "31-02-2026" }),
      row({ 2: "HEST1" }),
      row({ 0: glns[2], 6: "01-09-2026", 7: "01-08-2026" }),
      row({ 0: glns[3] }),
      row({ 0: glns[3] }),
    ]),
  );
  expect(report.faults.map(({ row: at, column, rule }) => [at, column, rule])).toEqual([
    [2, "gln", "file-scientific"],
    [3, "gln", "file-leading-zeros"],
    [4, "gln", "check-digit"],
    [5, "messageType", "type-form"],
    [6, "version", "version-form"],
    [7, "direction", "file-direction"],
    [8, "endpoint", "unknown-endpoint"],
    [9, "firstDay", "file-day"],
    [10, "version", "unknown-type"],
    [11, "lastDay", "validity-reversed"],
    [13, "messageType", "file-row-twice"],
  ]);
  expect(report.faulty.map(({ row: at }) => at)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]);
  expect(report.faulty[0]?.cells).toEqual(["5,79E+12", "", "REF01", "H0130R", "modtager", from, "", "", ""]);
  expect(changeSetId).toBeNull();
});

test("another's location number is as one that does not exist, and another's report cannot be read", async () => {
  const bytes = await bytesOf([header, [glns[0], "", "DIS91", "D9134L", "", "", "", "", "x"]]);
  const theirs = await take(bytes, { ctx: stranger });
  expect([theirs.changeSetId, theirs.report.faults]).toMatchObject([null, [{ rule: "file-not-yours" }]]);
  await expect(getReport(vendor, { id: theirs.id })).rejects.toMatchObject({ code: "not-found" });
});

test("a file without the columns, and one of 200,001 rows, are refused as a whole", async () => {
  const refused = async (bytes: Buffer) =>
    await take(bytes).catch((error: { details?: { fault?: string } }) => error.details?.fault);
  expect(await refused(Buffer.from("a;b\n1;2\n"))).toBe("file-no-header");
  expect(await refused(Buffer.from(""))).toBe("file-no-header");
  const line = `${glns[0]};;\n`;
  expect(await refused(Buffer.from(`Lokationsnummer;Meddelelsestype;Version\n${line.repeat(200_001)}`))).toBe(
    "file-too-long",
  );
});
