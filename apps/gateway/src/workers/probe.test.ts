import { mkdtempSync, realpathSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { endpointHealth, orderFolderTest } from "@sor/core/probes";
import { anEndpoint, aVendor, testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aReceiver, eventually, type Receiver } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { probeEndpoints } from "./probe.ts";

let url: string;
let db: Database;
let target: Receiver;
let supplierId: string;
const running: { stopping: AbortController; done: Promise<void> }[] = [];

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  target = await aReceiver();
  supplierId = (await aVendor(db)).supplierId;
});
afterEach(async () => {
  for (const { stopping, done } of running.splice(0)) {
    stopping.abort();
    await done;
  }
  await target.stop();
  await closeDatabase(db);
});

function probing(aheadMinutes: number) {
  const clock = () => new Date(Date.now() + aheadMinutes * 60_000);
  const deps = testDeps({ db, clock, env: { DATABASE_URL: url, WEBHOOK_PRIVATE_HOSTS: "127.0.0.1" } });
  const stopping = new AbortController();
  running.push({ stopping, done: probeEndpoints(deps, stopping.signal) });
}
const count = async (what: string) => {
  const { rows } = await db.execute<{ n: number }>(what);
  return rows[0]?.n ?? 0;
};
const enlisted = () => count("select count(*)::int as n from endpoint_checks");
const asked = () => count("select count(*)::int as n from endpoint_probes where is_up");

test("every webhook is probed periodically, once by all processes together, with no transaction open", async () => {
  for (let number = 0; number < 6; number += 1) {
    await anEndpoint(db, { supplierId, address: target.address(`/${number}`) });
  }
  probing(0);
  await eventually(async () => (await enlisted()) === 6);
  probing(16);
  probing(16);
  await eventually(async () => (await asked()) === 6);
  expect(target.probes).toHaveLength(6);
  expect(target.probes.every(({ headers, body }) => !headers["webhook-id"] && body.length === 0)).toBe(true);
});

test("no periodic probes when they are set to never", async () => {
  await anEndpoint(db, { supplierId, address: target.address() });
  const deps = testDeps({ db, env: { DATABASE_URL: url, ENDPOINT_PROBE_MINUTES: "0" } });
  const stopping = new AbortController();
  const done = probeEndpoints(deps, stopping.signal);
  running.push({ stopping, done });
  await eventually(async () =>
    (await deps.metrics.registry.metrics()).includes('soredi_endpoints{probe="unknown"} 1'),
  );
  expect(await enlisted()).toBe(0);
});

test("a gateway writes to a folder whose test was ordered, even without periodic probes", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sor-folder-")));
  await mkdir(join(root, supplierId, "edi"), { recursive: true });
  const folders = await Promise.all(
    ["edi", "borte"].map((address) => anEndpoint(db, { supplierId, transport: "folder", address })),
  );
  const ctx = createContext(db, { kind: "system", job: "test" }, new Date());
  for (const id of folders) await orderFolderTest(ctx, { id });
  const env = { DATABASE_URL: url, ENDPOINT_PROBE_MINUTES: "0", FOLDER_ROOT: root };
  const deps = testDeps({ db, clock: () => new Date(), env });
  for (let gateway = 0; gateway < 2; gateway += 1) {
    const stopping = new AbortController();
    running.push({ stopping, done: probeEndpoints(deps, stopping.signal) });
  }
  const latest = async (id = "") =>
    (await endpointHealth(ctx, { id })).probes.latest.map(({ isUp, detail }) => [isUp, detail.excerpt]);
  await eventually(async () => (await count("select count(*)::int as n from endpoint_probes")) === 2);
  expect(await latest(folders[0])).toEqual([[true, null]]);
  expect(await latest(folders[1])).toEqual([[false, "ENOENT"]]);
  expect(await readdir(join(root, supplierId, "edi"))).toEqual([]);
  await rm(root, { recursive: true });
});
