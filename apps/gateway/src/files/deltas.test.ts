import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { recordRebase } from "@sor/core/changes";
import { inventCountry, loadCountry } from "@sor/core/demo";
import { appendEntries } from "@sor/core/journal";
import { askForSnapshot, type Manifest, makeDueSnapshot } from "@sor/core/snapshots";
import { applySet, setApprovalRules, testDatabaseUrl } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";

const keys = { units: "sorId", successions: "fromSorId", locations: "gln", registrations: "gln" } as const;
const system = { kind: "system", job: "test" } as const;
let db: Database;
let server: http.Server;
let origin: string;
let filesDir: string;
let now = new Date("2026-09-01T06:00:00Z");
const ctx = () => createContext(db, system, now);

beforeAll(async () => {
  const url = await testDatabaseUrl();
  db = openDatabase(url);
  filesDir = mkdtempSync(join(tmpdir(), "deltas-"));
  await setApprovalRules(db, []);
  await loadCountry(ctx(), inventCountry(60, 1, now));
  server = createGatewayServer(testDeps({ db, clock: () => now, env: { FILES_DIR: filesDir } }));
  origin = await listen(server, 0, "127.0.0.1");
});
afterAll(async () => {
  server.closeAllConnections();
  await closeServer(server);
  await closeDatabase(db);
  rmSync(filesDir, { recursive: true });
});

async function make(): Promise<Manifest> {
  await askForSnapshot(ctx());
  const made = await makeDueSnapshot(db, () => now, { filesDir, schedule: [], keepDays: 9 });
  if (made.made !== "published") throw new Error("no snapshot");
  return made.manifest;
}

type Copy = Map<string, Map<string, object[]>>;

/** The lines of a snapshot's files by their subject. */
function copyOf({ name, files }: Manifest): Copy {
  return new Map(
    Object.entries(keys).map(([dataset, key]) => {
      const path = files.find((file) => file.dataset === dataset)?.path ?? "";
      const text = readFileSync(join(filesDir, name, path), "utf8").trimEnd();
      const lines =
        text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as Record<string, string>);
      return [dataset, Map.groupBy(lines, (line) => line[key] ?? "")];
    }),
  );
}

/** A copy with a delta applied to it, as a consumer does. */
function applied(copy: Copy, text: string): Copy {
  const [, ...lines] = text.trimEnd().split("\n");
  for (const line of lines) {
    const { dataset, id, lines: told } = JSON.parse(line) as { dataset: string; id: string; lines: object[] };
    if (told.length > 0) copy.get(dataset)?.set(id, told);
    else copy.get(dataset)?.delete(id);
  }
  return copy;
}
const ask = (between: string) => fetch(`${origin}/v1/deltas/${between}`);
const pass = (hours: number) => {
  now = new Date(now.getTime() + hours * 3_600_000);
};

test("an older snapshot with a delta is the newer one, over any two, a day and the named spans; what is gone is told", async () => {
  const begin = await make();
  const [owner, house] = await applySet(ctx(), [
    {
      kind: "unit.create",
      level: "owner",
      sorId: "new:a",
      validFrom: "2026-09-01",
      attributes: { parentSorId: null, name: "Region Ø" },
    },
    {
      kind: "unit.create",
      level: "institution",
      sorId: "new:b",
      validFrom: "2026-09-01",
      attributes: { parentSorId: "new:a", name: "Ære" },
    },
  ]);
  const gln = [...(copyOf(begin).get("registrations")?.keys() ?? [])][0] ?? "";
  pass(9);
  const between = await make();
  await applySet(ctx(), [
    {
      kind: "unit.change",
      sorId: house,
      validFrom: "2026-09-01",
      validTo: null,
      attributes: { name: 'Æ"; 😀' },
    },
  ]);
  await db.transaction(async (tx) => {
    await tx.execute(`update registrations set superseded_at = now() where gln = '${gln}'`);
    const subject = { subjectType: "location", subjectId: gln, glns: [gln] };
    await appendEntries(tx, system, now, [{ action: "registration.edit", outcome: "done", ...subject }]);
  });
  await applySet(ctx(), [{ kind: "unit.close", sorId: house, validTo: "2026-10-01" }]);
  pass(15);
  const end = await make();
  expect(
    copyOf(end)
      .get("units")
      ?.get(house ?? ""),
  ).toHaveLength(1);
  expect(copyOf(end).get("registrations")?.has(gln)).toBe(false);

  for (const [from, to] of [
    [begin, between],
    [begin, end],
    [between, end],
  ] as const) {
    const answer = await ask(`${from.sequence}-${to.sequence}`);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(applied(copyOf(from), text)).toEqual(copyOf(to));
    expect(text.split("\n").length).toBeLessThan(20);
  }
  const day = await (await ask("2026-09-02")).text();
  expect(applied(copyOf(between), day)).toEqual(copyOf(end));
  const spanOf = async (name: string) => {
    const answer = await fetch(`${origin}/files/register/deltas/${name}.ndjson`);
    return [answer.status, await answer.text()] as const;
  };
  const [, eight] = await spanOf("8-hours");
  expect(applied(copyOf(between), eight)).toEqual(copyOf(end));
  const [, whole] = await spanOf("day");
  expect(applied(copyOf(begin), whole)).toEqual(copyOf(end));
  expect((await spanOf("week"))[0]).toBe(404);
  expect(owner).toBeDefined();
});

test("there is none from a snapshot that is not kept, and none over data that changed outside the journal", async () => {
  expect((await ask("1-99999999")).status).toBe(404);
  expect((await ask("2020-01-01")).status).toBe(404);
  const before = await make();
  await recordRebase(ctx(), { reason: "repair" });
  pass(24);
  const after = await make();
  const gone = await ask(`${before.sequence}-${after.sequence}`);
  expect([gone.status, await gone.json()]).toEqual([410, expect.objectContaining({ begin: after.position })]);
  expect(after.files.filter(({ dataset }) => dataset.startsWith("delta-"))).toEqual([]);
});
