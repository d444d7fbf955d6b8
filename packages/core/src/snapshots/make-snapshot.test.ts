import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { inventCountry, loadCountry } from "../demo/index.ts";
import { makeSorId } from "../identifiers/index.ts";
import { currentSequence } from "../journal/index.ts";
import { anOrganisation, testDatabase } from "../testing/index.ts";
import { listPublished, makeDueSnapshot, readManifest, type SnapshotPlace } from "./index.ts";
import { askForSnapshot } from "./runs.ts";
import { snapshotRuns } from "./tables.ts";

let db: Database;
let place: SnapshotPlace;
let now = new Date("2026-03-02T00:30:00Z");
const system = { kind: "system", job: "test" } as const;
const contextNow = () => createContext(db, system, now);
const make = () => makeDueSnapshot(db, () => now, place);
const hostile = "Klinik \"Ved; Åen\"\r\n😀 ÆØÅ = € ''";
const hostileId = makeSorId(41_000);

beforeAll(async () => {
  db = await testDatabase();
  place = { filesDir: mkdtempSync(join(tmpdir(), "files-")), schedule: [60], keepDays: 2 };
  await loadCountry(createContext(db, system, now), inventCountry(300, 1, now));
  await anOrganisation(db, { sorId: hostileId, name: hostile });
  await anOrganisation(db, { sorId: hostileId, name: "Før", validFrom: "2019-01-01", validTo: "2020-01-01" });
});
afterAll(() => rmSync(place.filesDir, { recursive: true }));

async function newest() {
  const [name = ""] = await listPublished(place.filesDir);
  const manifest = await readManifest(place.filesDir, name);
  const bytesOf = (path: string) => readFileSync(join(place.filesDir, name, path));
  const file = (dataset: string) => {
    const found = manifest.files.find((each) => each.dataset === dataset);
    if (!found) throw new Error(`no ${dataset}`);
    return {
      ...found,
      text: bytesOf(found.path).toString(found.contentType.includes("8859") ? "latin1" : "utf8"),
    };
  };
  return { name, manifest, bytesOf, file };
}

test("with no snapshot yet one is made at once, then at the set hour, once a day", async () => {
  expect(await make()).toMatchObject({ made: "published" });
  expect(await make()).toEqual({ made: "none" });
  now = new Date("2026-03-02T23:59:00Z");
  expect(await make()).toEqual({ made: "none" });
  now = new Date("2026-03-03T00:01:00Z");
  expect(await make()).toMatchObject({ made: "published" });
  expect(await listPublished(place.filesDir)).toHaveLength(2);
});

test("every file is of the sequence of the manifest, which is signed, and has the hash it says, packed too", async () => {
  const { manifest, bytesOf } = await newest();
  expect(manifest.sequence).toBe(await currentSequence(db));
  const text = bytesOf("manifest.json");
  const signature = Buffer.from(bytesOf("manifest.json.sig").toString(), "base64");
  expect(verify(null, text, createPublicKey(bytesOf("public-key.pem").toString()), signature)).toBe(true);
  expect(
    verify(null, Buffer.from(`${text} `), createPublicKey(bytesOf("public-key.pem").toString()), signature),
  ).toBe(false);
  const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  for (const { path, bytes, sha256, gzip, zstd } of manifest.files) {
    const plain = bytesOf(path);
    expect([path, plain.length, hash(plain)]).toEqual([path, bytes, sha256]);
    if (!gzip || !zstd) continue;
    const [gz, zst] = [bytesOf(`${path}.gz`), bytesOf(`${path}.zst`)];
    expect([hash(gz), hash(zst)]).toEqual([gzip.sha256, zstd.sha256]);
    expect(gunzipSync(gz).equals(plain) && zstdDecompressSync(zst).equals(plain)).toBe(true);
  }
});

test("units stand after their parents, with owner, institution and what they inherit", async () => {
  const { file } = await newest();
  const [head = "", ...rows] = file("sor2-daily").text.slice(1).trimEnd().split("\r\n");
  const at = (name: string) => head.split(";").indexOf(name);
  const seen = new Set<string>();
  let inherited = 0;
  for (const row of rows.filter((each) => !each.includes('"Klinik') && each.startsWith('="'))) {
    const cells = row.split(";");
    const parent = cells[at("ParentSorId")] ?? "";
    expect(parent === "" || seen.has(parent)).toBe(true);
    seen.add((cells[0] ?? "").slice(2, -1));
    if (cells[at("PostalAddressInherited")] === "true" && cells[at("PostalAddressPostCodeId")] !== "")
      inherited += 1;
    if (cells[at("SorType")] === "OE") expect(cells[at("HealthInstitutionSorId")]).not.toBe("");
  }
  expect(seen.size).toBeGreaterThan(250);
  expect(inherited).toBeGreaterThan(0);
});

test("a name with separators, quotes, line ends and emoji is quoted in SOR2, replaced and counted in sor.csv", async () => {
  const { file } = await newest();
  expect(file("sor2-entities").text).toContain(`\r\n${hostileId};IE;"${hostile.replaceAll('"', '""')}";`);
  expect(file("sor2-entities").text).toContain(`\r\n${hostileId};IE;Før;`);
  expect(file("sor2-daily").text).not.toContain(";Før;");
  const plain = file("sor-csv");
  expect(plain.text).toContain(`\r\nKlinik "Ved, Åen" ? ÆØÅ = ? '';`);
  // The name of the unit, and of itself as its owner.
  expect(plain.replaced).toBe(2);
  const lines = file("units")
    .text.split("\n")
    .filter((line) => line.includes(hostileId));
  expect(lines.map((line) => JSON.parse(line).attributes.name)).toEqual(["Før", hostile]);
});

test("one asked for is made though none is due, and a second question is the same run", async () => {
  const asked = await askForSnapshot(contextNow());
  expect((await askForSnapshot(contextNow())).id).toBe(asked.id);
  now = new Date("2026-03-03T08:00:00Z");
  expect(await make()).toMatchObject({ made: "published" });
  expect(await make()).toEqual({ made: "none" });
  const [run] = await db.select().from(snapshotRuns).where(eq(snapshotRuns.id, asked.id));
  expect(run).toMatchObject({ state: "published", cause: "request", sequence: await currentSequence(db) });
});

test("the newest of each day is kept, for as many days as set, and of the last day the newest of each eight hours", async () => {
  expect((await listPublished(place.filesDir)).map((name) => name.slice(0, 13))).toEqual([
    "20260303T0800",
    "20260303T0001",
    "20260302T0030",
  ]);
  now = new Date("2026-03-04T00:01:00Z");
  await make();
  expect((await listPublished(place.filesDir)).map((name) => name.slice(0, 8))).toEqual([
    "20260304",
    "20260303",
    "20260303",
  ]);
});

test("a program that was killed leaves no half snapshot, and another takes over when it is silent", async () => {
  const before = await listPublished(place.filesDir);
  const asked = await askForSnapshot(contextNow());
  await db
    .update(snapshotRuns)
    .set({ state: "making", startedAt: now, beatAt: now })
    .where(eq(snapshotRuns.id, asked.id));
  const again = await askForSnapshot(contextNow());
  now = new Date(now.getTime() + 60_000);
  expect(await make()).toEqual({ made: "none" });
  now = new Date(now.getTime() + 61_000);
  expect(await make()).toMatchObject({ made: "published" });
  const states = await db.select().from(snapshotRuns).orderBy(snapshotRuns.askedAt, snapshotRuns.id);
  expect(states.find(({ id }) => id === asked.id)).toMatchObject({ state: "failed", failure: "interrupted" });
  expect(states.find(({ id }) => id === again.id)).toMatchObject({ state: "published" });
  expect((await listPublished(place.filesDir)).slice(1)).toEqual(before);
  expect((await readdir(place.filesDir)).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a folder that cannot be written is a failed run, and the last snapshot stays", async () => {
  const blocked = join(place.filesDir, "file");
  writeFileSync(blocked, "");
  const published = await listPublished(place.filesDir);
  await askForSnapshot(contextNow());
  const outcome = await makeDueSnapshot(db, () => now, { ...place, filesDir: join(blocked, "inside") });
  expect(outcome).toMatchObject({ made: "failed", failure: "fault" });
  expect(await listPublished(place.filesDir)).toEqual(published);
});
