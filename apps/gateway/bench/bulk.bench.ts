/**
 * Benchmarks a bulk edit over the API: 5,000 location numbers with 60,000 registrations move to another endpoint while lookups go on;
 * and the export of the whole register's registrations. `npm run bench -- bulk [--quick]`.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, createContext, type Database, migrateDatabase, openDatabase } from "@sor/core";
import { createKey, NewKey } from "@sor/core/access";
import { registrationRows } from "@sor/core/bulk";
import { startThrowawayPostgres } from "@sor/core/database";
import { LocationFilter } from "@sor/core/message-types";
import { fillDatabase } from "./fill-database.ts";
import { startBenchGateway } from "./gateway-of.ts";
import { endpointIdOf, glnOf, pairsPerLocation, typesOf } from "./synthetic.ts";

const quick = process.argv.includes("--quick");
const changed = quick ? 500 : 5000;
const pairs = quick ? 40_000 : 400_000;
const lookupsPerSecond = 200;
const supplierId = "0196f1f0-0000-7000-9000-000000000001";
const target = endpointIdOf(0);

/** Lookups at a fixed rate until it is stopped; their latencies in milliseconds, and those that were not answered by 200. */
function lookAlong(address: string) {
  const latencies: number[] = [];
  let failed = 0;
  let at = 0;
  const open = new Set<Promise<void>>();
  const one = async () => {
    const place = at++ % changed;
    const started = performance.now();
    const { status } = await fetch(`${address}/v1/routes/${glnOf(place)}/${typesOf(place)[0]?.code}`);
    latencies.push(performance.now() - started);
    if (status !== 200) failed += 1;
  };
  const timer = setInterval(() => {
    const asked = one().finally(() => open.delete(asked));
    open.add(asked);
  }, 1000 / lookupsPerSecond);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      const sorted = latencies.toSorted((a, b) => a - b);
      const share = (of: number) => sorted[Math.floor(sorted.length * of)]?.toFixed(1) ?? "-";
      return `${sorted.length} lookups, median ${share(0.5)} ms, p99 ${share(0.99)} ms, not answered: ${failed}`;
    },
  };
}

async function bulkKey(db: Database): Promise<string> {
  const ctx = createContext(db, { kind: "system", job: "bench" }, new Date());
  const expiresAt = new Date(ctx.now.getTime() + 86_400_000);
  const scopes = ["registrations:write"];
  return (await createKey(ctx, NewKey.parse({ supplierId, name: "bench", scopes, glns: null, expiresAt })))
    .key;
}

type Job = {
  id: string;
  state: string;
  fault: string | null;
  result: { changed: number; errors: number } | null;
};

async function runJob(address: string, key: string, dryRun: boolean): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const glns = Array.from({ length: changed }, (_, place) => glnOf(place));
  const body = { title: "Flyt alt", glns, steps: [{ step: "move", endpointId: target }], dryRun };
  const started = performance.now();
  const posted = await fetch(`${address}/v1/message-types/$bulk`, {
    method: "POST",
    headers: { ...headers, "idempotency-key": randomBytes(16).toString("hex") },
    body: JSON.stringify(body),
  });
  if (posted.status !== 202) throw new Error(await posted.text());
  let job = (await posted.json()) as Job;
  while (job.state !== "ended" && job.state !== "failed") {
    await pause(50);
    job = (await (await fetch(`${address}/v1/message-types/$bulk/${job.id}`, { headers })).json()) as Job;
  }
  if (job.state === "failed" || (job.result?.errors ?? 0) > 0) throw new Error(JSON.stringify(job));
  return (performance.now() - started) / 1000;
}

/** Seconds until the gateway's lookups answer with the new endpoint for the last location number. */
async function untilVisible(address: string): Promise<number> {
  const started = performance.now();
  const last = changed - 1;
  for (;;) {
    const answer = await fetch(`${address}/v1/routes/${glnOf(last)}/${typesOf(last)[0]?.code}`);
    if ((await answer.text()).includes(target)) return (performance.now() - started) / 1000;
    await pause(20);
  }
}

async function exportAll(db: Database): Promise<void> {
  const ctx = createContext(db, { kind: "system", job: "bench" }, new Date());
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  let rows = 0;
  const started = performance.now();
  for await (const row of registrationRows(ctx, LocationFilter.parse({}), "da")) {
    rows += row.length > 0 ? 1 : 0;
    if (rows % 1000 === 0) most = Math.max(most, process.memoryUsage().rss);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `export: ${rows} rows in ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s (aim: at least 50,000), memory + ${((most - before) / 1e6).toFixed(0)} MB`,
  );
}

const server = await startThrowawayPostgres();
const dataDir = await mkdtemp(join(tmpdir(), "bench-bulk-"));
await migrateDatabase(server.url);
const db = openDatabase(server.url, { statementTimeoutSeconds: 600 });
await fillDatabase(db, pairs);
const gateway = await startBenchGateway({ DATABASE_URL: server.url, DATA_DIR: dataDir });
try {
  const key = await bulkKey(db);
  const alone = lookAlong(gateway.address);
  await pause(quick ? 2000 : 10_000);
  console.log(`lookups alone: ${await alone.stop()}`);
  const beside = lookAlong(gateway.address);
  console.log(`${changed} location numbers, ${changed * pairsPerLocation} registrations, at ${pairs} in all`);
  const preview = await runJob(gateway.address, key, true);
  console.log(`preview: ${preview.toFixed(1)} s`);
  const apply = await runJob(gateway.address, key, false);
  console.log(`preview and apply: ${apply.toFixed(1)} s (aim: at most 60)`);
  console.log(
    `seen by lookups after another ${(await untilVisible(gateway.address)).toFixed(2)} s (aim: at most 2)`,
  );
  console.log(`lookups meanwhile: ${await beside.stop()}`);
  await exportAll(db);
} finally {
  await gateway.end();
  await closeDatabase(db);
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
