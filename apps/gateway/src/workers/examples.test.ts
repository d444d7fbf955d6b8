import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { acceptInterchange } from "@sor/core/intake";
import { getMessage } from "@sor/core/messages";
import { testEndpoint } from "@sor/core/probes";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { eventually } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { startWorkers } from "./index.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const example = (name: string) => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));

let url: string;
let db: Database;
let directory: string;
let from: Actor;
let to: Awaited<ReturnType<typeof aVendor>>;
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  directory = mkdtempSync(join(tmpdir(), "example-"));
  const sending = await aVendor(db);
  to = await aVendor(db);
  from = sending.key;
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await closeDatabase(db);
  rmSync(directory, { recursive: true });
});

function run(name: string, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [example(name)], {
    env: { DIRECTORY: directory, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  ends.push(() => child.kill("SIGKILL"));
  return child;
}

async function send(bytes: Buffer): Promise<string> {
  const ctx = createContext(db, from, new Date());
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  return interchange.messages[0]?.id ?? "";
}
const isDelivered = async (id: string) =>
  (await getMessage(createContext(db, from, new Date()), { id })).state === "delivered";
const kept = () => readdirSync(directory).map((name) => readFileSync(join(directory, name)));

test("the webhook receiver stores a message byte for byte and rejects unsigned ones", async () => {
  const child = run("webhook-receiver.mjs", { SECRET: secret, PORT: "0" });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const address = `http://127.0.0.1:${/(\d+)/.exec(line.toString())?.[1]}/in`;
  const endpoint = await anEndpoint(db, { supplierId: to.supplierId, address, signingSecrets: [secret] });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
  expect((await fetch(address, { method: "POST", body: "forged" })).status).toBe(401);
  const owner = createContext(db, { ...to.key, scopes: ["endpoints:write"] }, new Date());
  const how = { id: endpoint, method: "test-event" as const, privateHosts: ["127.0.0.1"] };
  expect((await testEndpoint(owner, how)).detail).toMatchObject({ status: 204, signature: "accepted" });
  const bytes = anInterchange({ sender, receiver, messages: [{ reference: "L1", text: "Rødgrød på åen" }] });
  const id = await send(bytes);
  const workers = startWorkers(
    testDeps({ db, clock: () => new Date(), env: { DATABASE_URL: url, DEMO: "1" } }),
  );
  ends.unshift(() => workers.stop());
  await eventually(() => isDelivered(id));
  expect(kept().map((file) => file.equals(bytes))).toEqual([true]);
});

test("the mailbox client stores waiting deliveries and acknowledges them", async () => {
  await receives(db, receiver, await anEndpoint(db, { supplierId: to.supplierId }), [["DIS91", "D9134L"]]);
  const app = createApp(testDeps({ db, findKey: async () => ({ state: "valid", actor: to.key }) }));
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  const port = (server.address() as { port: number }).port;
  const messages = [anInterchange({ sender, receiver }), anInterchange({ sender, receiver })];
  const ids = [];
  for (const bytes of messages) ids.push(await send(bytes));
  const env = { GATEWAY: `http://127.0.0.1:${port}`, KEY: "any", GLN: receiver, ONCE: "1" };
  const [code] = (await once(run("mailbox-client.mjs", env), "exit")) as [number];
  expect(code).toBe(0);
  const texts = (list: Buffer[]) => list.map((bytes) => bytes.toString("latin1")).sort();
  expect(texts(kept())).toEqual(texts(messages));
  for (const id of ids) expect(await isDelivered(id)).toBe(true);
});
