/** Benchmarks GET /v1/deliveries/sla with far more messages stored than are counted: for several callers. */

import { randomUUID } from "node:crypto";
import { closeDatabase, createContext, type Database, migrateDatabase, openDatabase } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { startThrowawayPostgres } from "@sor/core/database";
import { measureSla, SlaQuestion } from "@sor/core/sla";
import { fillMessages } from "./fill-messages.ts";

const quick = process.argv.includes("--quick");
const explain = process.argv.includes("--explain");
const messages = quick ? 20_000 : 150_000;
const rounds = quick ? 3 : 5;
const now = new Date("2026-03-01T10:00:00Z");

async function vendor(db: Database, name: string) {
  const supplierId = randomUUID();
  await db.$client.query("insert into suppliers (id, name) values ($1, $2)", [supplierId, name]);
  const scope = { kind: "supplier" as const, supplierId };
  const grants = [{ role: "vendor-administrator" as const, scope, validFrom: new Date(0), validTo: null }];
  const scopes = ["messages:read" as const];
  const key: Actor = { kind: "key", id: randomUUID(), name, supplierId, scopes, grants, limitedTo: null };
  return { supplierId, key };
}

async function time(db: Database, actor: Actor, more: Record<string, unknown>): Promise<number[]> {
  const question = { ...SlaQuestion.parse(more), target: 60 };
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const { counted } = await measureSla(createContext(db, actor, now), question);
    taken.push(performance.now() - started);
    if (counted === 0) throw new Error("nothing was counted");
  }
  return taken.sort((a, b) => a - b);
}

const server = await startThrowawayPostgres();
const db = openDatabase(server.url, { statementTimeoutSeconds: 600 });
await migrateDatabase(server.url);
const [from, to] = [await vendor(db, "Afsender"), await vendor(db, "Modtager")];
await fillMessages(db, { messages, from: from.supplierId, to: to.supplierId, until: now });
if (explain) {
  const heard = db.$client.query.bind(db.$client) as (...args: unknown[]) => Promise<{ rows: unknown[] }>;
  const listen = async (...args: unknown[]) => {
    const [config, params] = args as [{ text?: string }, unknown[] | undefined];
    if (config.text?.includes("percentile")) {
      const { rows } = await heard(`explain (analyze, buffers) ${config.text}`, params);
      for (const row of rows) console.log((row as { "QUERY PLAN": string })["QUERY PLAN"]);
    }
    return await heard(...args);
  };
  Object.assign(db.$client, { query: listen });
}
const receiver = "5790000000017";
for (const [name, actor, more] of [
  ["sender's key, 31 days", from.key, { period: "P31D" }],
  ["sender's key, one receiver", from.key, { period: "P31D", receiver }],
  ["both sides' own receiver's key, 7 days", to.key, {}],
  ["everybody's, 31 days", { kind: "system", job: "bench" } as const, { period: "P31D" }],
] as const) {
  const taken = await time(db, actor, more);
  const [median = 0, slowest = 0] = [taken[Math.floor(taken.length / 2)], taken.at(-1)];
  console.log(`${name.padEnd(42)} median ${median.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`);
}
await closeDatabase(db);
await server.stop();
