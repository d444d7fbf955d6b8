import { mkdtemp, rm } from "node:fs/promises";
import type http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { actorForKey, actorsForKeys } from "@sor/core/access";
import { appendEntries } from "@sor/core/journal";
import { makeDueSnapshot } from "@sor/core/snapshots";
import { applySet, aVendor, setApprovalRules, testDatabaseUrl, unitToCreate } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { aKey } from "../testing/a-key.ts";
import { testDeps } from "../testing/index.ts";

let db: Database;
let origin: string;
let server: http.Server;
let key = "";
let filesDir = "";
const now = new Date();
const system = { kind: "system", job: "test" } as const;
const secret = { note: "kun internt", supplierId: "s", endpointId: "e", ediAdministrator: "639" };

/** Entries made together. */
const record = (count: number, subjectType = "unit", outcome: "done" | "refused" = "done") =>
  db.transaction((tx) =>
    appendEntries(
      tx,
      system,
      now,
      Array.from({ length: count }, (_, at) => ({
        ...{ action: "unit.edit", outcome, subjectType, subjectId: String(at), sorIds: [String(at)] },
        after: { versions: [{ name: `Enhed ${at}`, validFrom: "2026-01-01", ...secret }] },
      })),
    ),
  );

beforeAll(async () => {
  const url = await testDatabaseUrl();
  db = openDatabase(url);
  const { supplierId } = await aVendor(db);
  ({ key } = await aKey(db, supplierId));
  filesDir = await mkdtemp(join(tmpdir(), "feed-files-"));
  server = createGatewayServer(
    testDeps({
      db,
      env: { FILES_DIR: filesDir },
      clock: () => new Date(),
      findKey: (text, at) => actorForKey(db, text, at),
      currentActors: (actors, at) =>
        actorsForKeys(
          db,
          actors.map(({ id }) => id),
          at,
        ),
    }),
  );
  origin = await listen(server, 0, "127.0.0.1");
});
afterAll(async () => {
  server.closeAllConnections();
  await closeServer(server);
  await closeDatabase(db);
  await rm(filesDir, { recursive: true, force: true });
});

type Entry = { sequence: number; transaction: number; isLast: boolean; entity: string; after: unknown };
type Page = {
  items: Entry[];
  rows?: { units: { sorId: string; lines: Record<string, unknown>[] }[] };
  next: string;
  sequence: number;
  isEnd: boolean;
};
const ask = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${origin}/v1/changes?${query}`, { headers });
const pageOf = async (query: string, headers?: Record<string, string>) =>
  (await (await ask(query, headers)).json()) as Page;

/** All entries after a number, page by page, each page told. */
async function follow(after: number, limit: number, filter = "") {
  const pages: Page[] = [];
  for (let next = String(after); ; ) {
    const page = await pageOf(`after=${next}&limit=${limit}${filter}`);
    pages.push(page);
    next = page.next;
    if (page.isEnd) return pages;
  }
}

test("every number is told once, in order, and a page never ends inside a transaction", async () => {
  const start = (await pageOf("limit=1000")).sequence;
  for (const count of [1, 3, 2, 7, 1]) await record(count);
  for (const limit of [1, 2, 3, 5, 100]) {
    const pages = await follow(start, limit);
    const items = pages.flatMap((page) => page.items);
    expect(items.map(({ sequence }) => sequence - start)).toEqual(
      Array.from({ length: 14 }, (_, at) => at + 1),
    );
    expect(pages.every(({ items: shown }) => shown.at(-1)?.isLast !== false)).toBe(true);
    expect(items.flatMap(({ isLast }, at) => (isLast ? [at + 1] : []))).toEqual([1, 4, 6, 13, 14]);
  }
});

test("what only concerns others, and attempts that were refused, are passed over, and the end is told", async () => {
  const start = (await pageOf("limit=1000")).sequence;
  await record(2, "user");
  await record(1, "unit", "refused");
  await record(1, "location");
  await record(1, "shak-code");
  const [page] = await follow(start, 100);
  expect(page).toMatchObject({
    next: expect.stringMatching(`^${start + 5}[.]`),
    isEnd: true,
    sequence: start + 5,
  });
  expect(page?.items.map(({ entity }) => entity)).toEqual(["location", "shak-code"]);
  expect((await follow(start, 100, "&entity=location"))[0]?.items).toHaveLength(1);
});

test("everybody sees what is public; notes, suppliers and endpoints are left out", async () => {
  const start = (await pageOf("limit=1000")).sequence;
  await record(1);
  const shown = { versions: [{ name: "Enhed 0", validFrom: "2026-01-01" }] };
  expect((await pageOf(`after=${start}`)).items[0]?.after).toEqual(shown);
  expect((await pageOf(`after=${start}`, { authorization: `Bearer ${key}` })).items[0]?.after).toEqual(shown);
});

test("a number that the journal has not reached is gone: the database was restored", async () => {
  const goneAt = async (after: string) => {
    const answer = await ask(`after=${after}`);
    return [answer.status, await answer.json()];
  };
  expect(await goneAt("99999999")).toEqual([410, expect.objectContaining({ begin: "0", snapshot: null })]);
  const made = await makeDueSnapshot(db, () => new Date(), { filesDir, schedule: [60], keepDays: 2 });
  if (made.made !== "published") throw new Error("no snapshot");
  const { name, position, sequence } = made.manifest;
  const told = expect.objectContaining({ begin: position, snapshot: { name, position, sequence } });
  // Another history of the same length is gone too.
  const { next } = await pageOf("limit=1000");
  expect(await goneAt(next.replace(/[.].*/, ".0123456789abcdef"))).toEqual([410, told]);
  await record(1);
  expect(await pageOf(`after=${position}&limit=1000`)).toMatchObject({
    isEnd: true,
    items: [{ entity: "unit" }],
  });
});

test("who waits with a key gets the entry when it is made; without one, 401", async () => {
  const { sequence } = await pageOf("limit=1000");
  expect((await ask(`after=${sequence}&wait=20`)).status).toBe(401);
  const waiting = pageOf(`after=${sequence}&wait=20`, { authorization: `Bearer ${key}` });
  await record(2);
  expect((await waiting).items.map((item) => item.sequence)).toEqual([sequence + 1, sequence + 2]);
});

/** The data of the first `count` events of a stream. */
async function events(count: number, lastId: number | string, filter = ""): Promise<Entry[]> {
  const headers = { authorization: `Bearer ${key}`, "last-event-id": String(lastId) };
  const leaving = new AbortController();
  const answer = await fetch(`${origin}/v1/changes/stream${filter}`, { headers, signal: leaving.signal });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.split("data: ").length > count && text.endsWith("\n\n")) break;
  }
  leaving.abort();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
}

test("a stream goes on after Last-Event-ID and tells entries as they are made", async () => {
  const { sequence } = await pageOf("limit=1000");
  await record(2);
  expect((await events(2, sequence)).map((item) => item.sequence)).toEqual([sequence + 1, sequence + 2]);
  const live = events(1, sequence + 2);
  await record(1);
  expect((await live).map((item) => item.sequence)).toEqual([sequence + 3]);
  expect((await fetch(`${origin}/v1/changes/stream`)).status).toBe(401);
});

test("with rows a page and a stream tell of the part below a unit, and of nothing else", async () => {
  await setApprovalRules(db, []);
  const ctx = createContext(db, system, new Date());
  const start = (await pageOf("limit=1000")).next;
  const [owner, other, house] = await applySet(ctx, [
    unitToCreate(null, { sorId: "new:a" }),
    unitToCreate(null, { sorId: "new:b" }),
    unitToCreate("new:a", { sorId: "new:h" }),
  ]);
  const page = await pageOf(`after=${start}&subtreeOf=${owner}&rows=true`);
  expect(page.items).toMatchObject([
    { id: owner, membership: "inside" },
    { id: house, membership: "inside" },
  ]);
  expect(page.rows?.units.map(({ sorId, lines }) => [sorId, lines[0]?.["validFrom"]])).toEqual([
    [owner, "2020-01-01"],
    [house, "2020-01-01"],
  ]);
  expect((await pageOf(`after=${start}&subtreeOf=${other}`)).items).toMatchObject([{ id: other }]);
  expect((await ask(`after=${start}&subtreeOf=12`)).status).toBe(400);
  const [streamed] = await events(1, start, `?subtreeOf=${house}`);
  expect(streamed).toMatchObject({ id: house, membership: "inside" });
});
