import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { type Actor, actorForKey, createKey } from "@sor/core/access";
import { acceptInterchange } from "@sor/core/intake";
import { getResends, startResends } from "@sor/core/resends";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import { listMessages } from "@sor/core/tracking";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aWorkerProcess, eventually } from "../testing/a-receiver.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
const messages = 160;
const perEnvelope = 10;
let url: string;
let db: Database;
let actor: Actor;
const workers: ChildProcess[] = [];
const ctx = () => createContext(db, actor, new Date());

beforeAll(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  const [from, to] = [await aVendor(db), await aVendor(db)];
  const system = createContext(db, { kind: "system", job: "test" }, new Date());
  const { key } = await createKey(system, {
    ...{ supplierId: from.supplierId, name: "Nøgle", glns: null },
    scopes: ["interchanges:send", "messages:read"],
    expiresAt: new Date(Date.now() + 86_400_000),
  });
  const answer = await actorForKey(db, key, new Date());
  if (answer.state !== "valid") throw new Error("the key is not valid");
  actor = answer.actor;
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: to.supplierId }), [["DIS91", "D9134L"]]);
});

afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await closeDatabase(db);
});

async function aWorker(): Promise<ChildProcess> {
  const worker = await aWorkerProcess(url);
  workers.push(worker);
  return worker;
}

test("workers that are killed during a job send each of its messages once", async () => {
  for (let at = 0; at < messages; at += perEnvelope) {
    const references = Array.from({ length: perEnvelope }, (_, index) => ({ reference: `L${at + index}` }));
    const bytes = anInterchange({ sender, receiver, messages: references });
    await acceptInterchange(ctx(), { bytes, gatewayParty: "SORGATEWAY" });
  }
  await db.$client.query("update messages set state = 'delivered', deadline_at = null");
  const job = await startResends(ctx(), { choice: { filter: { receiver } }, reason: "prøve" });
  expect(job.messages).toBe(messages);
  const sent = async () => (await getResends(ctx(), job)).sent;

  const [one, other] = await Promise.all([aWorker(), aWorker()]);
  await eventually(async () => (await sent()) > 5, 60);
  const gone = [once(one, "exit"), once(other, "exit")];
  one.kill("SIGKILL");
  other.kill("SIGKILL");
  await Promise.all(gone);
  expect(await sent()).toBeLessThan(messages);

  await aWorker();
  await eventually(async () => (await getResends(ctx(), job)).state === "ended", 60);
  expect(await getResends(ctx(), job)).toMatchObject({ sent: messages, waiting: 0, refused: {} });
  const { items } = await listMessages(ctx(), { receiver, limit: 1000 });
  const copies = items.filter(({ state }) => state !== "delivered").map(({ reference }) => reference);
  expect(copies.length).toBe(messages);
  expect(new Set(copies).size).toBe(messages);
}, 180_000);
