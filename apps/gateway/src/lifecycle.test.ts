import { mkdtemp, rm } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateDatabase } from "@sor/core";
import { type EmbeddedPostgres, startThrowawayPostgres } from "@sor/core/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayProcess, startGateway } from "./testing/gateway-process.ts";

let postgres: EmbeddedPostgres;
let dataDir: string;
let gateway: GatewayProcess | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sor-lifecycle-"));
  postgres = await startThrowawayPostgres();
}, 120_000);
afterAll(async () => {
  await gateway?.end("SIGKILL");
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const start = (env: Record<string, string> = {}) =>
  startGateway({ DATABASE_URL: postgres.url, DATA_DIR: dataDir, LOG_LEVEL: "info", ...env });
const readiness = async () => (await fetch(`${gateway?.address}/readyz`)).status;

test("on a database without the schema it logs what to run, is not ready, and continues once that is done", async () => {
  gateway = await start();
  await expect.poll(() => gateway?.lines.join("\n")).toContain("run `npm run admin -- migrate`");
  expect(await readiness()).toBe(503);
  expect(gateway.lines.filter((line) => line.includes("not tended"))).toEqual([]);
  await migrateDatabase(postgres.url);
  await expect.poll(readiness, { timeout: 20_000 }).toBe(200);
  expect(await gateway.end()).toBe(0);
}, 60_000);

/** One request on a keep-alive connection; rejects when the connection is reset. */
function ask(agent: Agent, path: string): Promise<{ status: number; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${gateway?.address}${path}`, { agent }, (answer: IncomingMessage) => {
      answer.resume().once("end", () => {
        resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection });
      });
    });
    asked.once("error", reject).end();
  });
}

test("on SIGTERM it reports that, answers keep-alive connections to the last request, and loses none", async () => {
  gateway = await start({ DRAIN_SECONDS: "2" });
  const clients = Array.from({ length: 16 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  for (const agent of clients) expect((await ask(agent, "/livez")).connection).toBe("keep-alive");
  const ended = gateway.end("SIGTERM");
  await expect.poll(readiness).toBe(503);
  const answers = await Promise.all(clients.map((agent) => ask(agent, "/livez")));
  expect(answers).toEqual(clients.map(() => ({ status: 200, connection: "close" })));
  for (const agent of clients) agent.destroy();
  expect(await ended).toBe(0);
}, 60_000);

test("metrics and the reasons of readiness are on the management port only, if there is one", async () => {
  gateway = await start({ MANAGEMENT_PORT: "0", SECURITY_CONTACT: "mailto:sikkerhed@example.org" });
  const line = gateway.lines.find((text) => text.includes("management"));
  const { management } = JSON.parse(line ?? "{}") as { management: string };
  expect((await fetch(`${gateway.address}/metrics`)).status).toBe(404);
  expect(await (await fetch(`${gateway.address}/readyz?verbose`)).text()).toMatch(/^(ready|degraded)\n$/);
  expect(await (await fetch(`${management}/metrics`)).text()).toContain("soredi_route_snapshot_pairs");
  expect(await (await fetch(`${management}/readyz?verbose`)).json()).toMatchObject({
    snapshot: { source: expect.any(String) },
  });
  expect((await fetch(`${management}/v1/message-types`)).status).toBe(404);
  const told = await (await fetch(`${gateway.address}/.well-known/security.txt`)).text();
  expect(told).toMatch(/^Contact: mailto:sikkerhed@example\.org\nExpires: \d{4}-.*Z\n/);
  expect(await gateway.end()).toBe(0);
}, 60_000);
