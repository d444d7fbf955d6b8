/** Benchmarks the exact lookup: processor time against a bare server and against querying PostgreSQL, sizes, batches. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { closeDatabase, migrateDatabase, openDatabase } from "@sor/core";
import { startThrowawayPostgres } from "@sor/core/database";
import { fillDatabase } from "./fill-database.ts";
import { ask, getRequest, run } from "./load-client.ts";
import type { Order, Report } from "./lookup-server.ts";
import { glnOf, pairsPerLocation, randomBelow, typesOf } from "./synthetic.ts";

const quick = process.argv.includes("--quick");
const connections = 16;
const rounds = quick ? 3 : 7;
const requests = quick ? 4000 : 15_000;
const sizes = [50_000, 500_000, 5_000_000];

type Measured = {
  name: string;
  child: ChildProcess;
  report: Report;
  requestsOf: () => string;
  cpu: number[];
  rate: number[];
};

async function tell<Answer>(child: ChildProcess, what: unknown): Promise<Answer> {
  child.send(what as object);
  const [answer] = await once(child, "message");
  return answer as Answer;
}

function startServer(): ChildProcess {
  return fork(fileURLToPath(new URL("lookup-server.ts", import.meta.url)), { execArgv: ["--expose-gc"] });
}

async function measure(name: string, order: Order, requestsOf: () => string): Promise<Measured> {
  const child = startServer();
  const report = await tell<Report>(child, order);
  return { name, child, report, requestsOf, cpu: [], rate: [] };
}

/** Requests for pairs that exist, spread evenly over the whole table. */
function evenly(pairs: number, seed: number): () => string {
  const random = randomBelow(seed);
  const locations = Math.ceil(pairs / pairsPerLocation);
  return () => {
    const i = random(locations);
    const type = typesOf(i)[random(pairsPerLocation)];
    return getRequest(`/v1/routes/${glnOf(i)}/${type?.code}`);
  };
}

/** Prebuilt requests, to keep the client's own work small. */
function ready(make: () => string, count: number): () => string {
  const made = Array.from({ length: count }, make);
  let at = 0;
  return () => made[at++ % count] as string;
}

async function round(server: Measured, count: number, isKept: boolean): Promise<void> {
  const before = await tell<NodeJS.CpuUsage>(server.child, "cpu");
  const seconds = await run(server.report.address, connections, count, server.requestsOf);
  const after = await tell<NodeJS.CpuUsage>(server.child, "cpu");
  if (!isKept) return;
  server.cpu.push((after.user - before.user + after.system - before.system) / count);
  server.rate.push(count / seconds);
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const whole = (value: number) => Math.round(value).toLocaleString("en");

async function batches(server: Measured, pairs: number): Promise<void> {
  const random = randomBelow(5);
  const locations = Math.ceil(pairs / pairsPerLocation);
  const body = JSON.stringify({
    pairs: Array.from({ length: 5000 }, () => {
      const i = random(locations);
      return { gln: glnOf(i), messageType: typesOf(i)[random(pairsPerLocation)]?.code };
    }),
  });
  const head = `POST /v1/routes/$batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const request = Buffer.from(head + body);
  await run(server.report.address, 2, 10, () => request);
  const before = await tell<NodeJS.CpuUsage>(server.child, "cpu");
  const count = quick ? 10 : 40;
  const seconds = await run(server.report.address, 2, count, () => request);
  const after = await tell<NodeJS.CpuUsage>(server.child, "cpu");
  const cpu = (after.user - before.user + after.system - before.system) / (count * 5000);
  console.log(
    `batch of 5,000: ${whole((count * 5000) / seconds)} pairs/s, ${cpu.toFixed(2)} µs of processor time a pair`,
  );
}

async function main(): Promise<void> {
  const postgres = await startThrowawayPostgres();
  await migrateDatabase(postgres.url);
  const db = openDatabase(postgres.url, { statementTimeoutSeconds: 600 });
  await fillDatabase(db, 500_000);
  const loader = startServer();
  const loaded = await tell<{ milliseconds: number; pairs: number; peakBytes: number }>(loader, {
    load: postgres.url,
  });
  loader.disconnect();
  console.log(
    `load from PostgreSQL: ${whole(loaded.pairs)} pairs in ${(loaded.milliseconds / 1000).toFixed(1)} s, process peak ${whole(loaded.peakBytes / 1e6)} MB`,
  );

  const asks = (pairs: number) => ready(evenly(pairs, 7), 40_000);
  const gateways: Measured[] = [];
  for (const pairs of sizes) {
    const server = await measure(
      `(b) gateway, ${whole(pairs)} pairs`,
      { kind: "gateway", pairs, logging: "silent" },
      asks(pairs),
    );
    const { report } = server;
    console.log(
      `${whole(report.pairs)} pairs: ${(report.tableBytes / report.pairs).toFixed(1)} bytes a pair in arrays, ${(report.memoryBytes / report.pairs).toFixed(1)} in all, built in ${(report.loadMilliseconds / 1000).toFixed(1)} s`,
    );
    gateways.push(server);
  }
  const middle = gateways[1] as Measured;
  const logged = await measure(
    "(b) the same with a log line a request",
    { kind: "gateway", pairs: 500_000, logging: "info" },
    asks(500_000),
  );
  const hot = await measure(
    "(b) the same asked for 1,000 pairs only",
    { kind: "gateway", pairs: 500_000, logging: "silent" },
    ready(evenly(500_000, 7), 1000),
  );
  const sample = await ask(middle.report.address, evenly(500_000, 7)());
  const head = sample.head
    .split("\r\n")
    .slice(1)
    .flatMap((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)])
    .filter((_, i, all) => !/^(?:date|connection|keep-alive)$/i.test(all[i - (i % 2)] ?? ""));
  const bare = await measure(
    "(a) bare node:http, the same bytes",
    { kind: "bare", head, body: sample.body },
    asks(500_000),
  );
  const direct = await measure(
    "(c) PostgreSQL each time, 500,000 pairs",
    { kind: "postgres", url: postgres.url },
    asks(500_000),
  );

  const servers = [bare, ...gateways, logged, hot, direct];
  for (const server of servers) await round(server, Math.min(requests, 5000), false);
  for (let i = 0; i < rounds; i += 1) {
    for (const server of servers) await round(server, server === direct ? requests / 5 : requests, true);
  }
  const base = median(bare.cpu);
  for (const { name, cpu, rate } of servers) {
    console.log(
      `${name.padEnd(46)} ${median(cpu).toFixed(1).padStart(7)} µs  ${(median(cpu) / base).toFixed(2).padStart(6)} x (a)  ${whole(median(rate)).padStart(8)} requests/s`,
    );
  }
  console.log(`(c) costs ${(median(direct.cpu) / median(middle.cpu)).toFixed(1)} times (b)`);
  for (const [i, server] of gateways.entries()) await batches(server, sizes[i] as number);
  for (const { child } of servers) child.disconnect();
  await closeDatabase(db);
  await postgres.stop();
}

await main();
