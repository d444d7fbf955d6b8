/**
 * Benchmarks the mail about one notice: 10,000 subscribers, until the mail server has taken the last mail, with the workers of one gateway.
 * `npm run bench -- notices [--quick]`.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, createContext, migrateDatabase, openDatabase } from "@sor/core";
import { startThrowawayPostgres } from "@sor/core/database";
import { createNotice } from "@sor/core/status";
import { holdKeyring, loadKeyring } from "@sor/core/vault";
import pino from "pino";
import { readConfig } from "../src/config.ts";
import { createMetrics } from "../src/metrics/index.ts";
import { runAlerts } from "../src/workers/alert.ts";

const subscribers = process.argv.includes("--quick") ? 1000 : 10_000;
const targetSeconds = 120;

const folder = await mkdtemp(join(tmpdir(), "sor-notices-"));
const server = await startThrowawayPostgres();
holdKeyring(loadKeyring({ dataDir: folder, mayMake: true }));
await migrateDatabase(server.url);
const db = openDatabase(server.url);
await db.execute(`insert into subscriptions (id, topic, name, channel, address, wishes, language, digest, state, consent_version, created_at)
  select gen_random_uuid(), 'notices', '', 'mail', 'a' || n || '@example.dk', '{"services":"all","kinds":["incident"]}', 'da', 'at-once', 'active', 'x', now()
  from generate_series(1, ${subscribers}) n`);
await db.execute("analyze");

const sink = fork(join(import.meta.dirname, "mail-sink.ts"));
const [{ port }] = (await once(sink, "message")) as [{ port: number }];
async function counted(): Promise<{ received: number; twice: number }> {
  sink.send("count");
  const [count] = await once(sink, "message");
  return count as { received: number; twice: number };
}

await createNotice(createContext(db, { kind: "system", job: "bench" }, new Date()), {
  ...{ kind: "incident", title: "Langsomme opslag", text: "Vi undersøger.", state: "investigating" },
  ...{ services: ["edi-gateway"], priority: 2 },
});
const env = {
  ...{ DATABASE_URL: server.url, SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: "drift@sor.example.org" },
  ...{ MAIL_RETURN: "retur@sor.example.org", PORTAL_ORIGIN: "https://sor.example.org" },
};
const stopping = new AbortController();
const started = performance.now();
const deps = {
  ...{ db, config: readConfig(env), metrics: createMetrics(), log: pino({ level: "silent" }) },
  clock: () => new Date(),
};
const running = runAlerts(deps as unknown as Parameters<typeof runAlerts>[0], stopping.signal);
let count = await counted();
for (; count.received < subscribers; count = await counted()) {
  const seconds = (performance.now() - started) / 1000;
  console.log(`${seconds.toFixed(0)} s: ${count.received} of ${subscribers}`);
  if (seconds > 4 * targetSeconds) break;
  await pause(5000);
}
const seconds = (performance.now() - started) / 1000;
stopping.abort();
await running;
console.log(
  `${count.received} mails in ${seconds.toFixed(1)} s, ${(count.received / seconds).toFixed(0)} a second (target ${subscribers} in ${targetSeconds} s); more than once: ${count.twice}`,
);
sink.kill();
await closeDatabase(db);
await server.stop();
await rm(folder, { recursive: true, force: true });
process.exit(count.received === subscribers && count.twice === 0 ? 0 : 1);
