import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { readPayload } from "../messages/payloads.ts";
import { readInterchangePayload } from "../messages/read-interchanges.ts";
import { deliveries, interchanges } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  receives,
  testDatabase,
  testKeys,
} from "../testing/index.ts";
import { holdKeyring, readKeyList } from "../vault/index.ts";
import { payloads } from "../vault/tables.ts";
import { countUnrotated, rotatePayloadKeys } from "./rotate-keys.ts";

const now = new Date("2026-03-01T10:00:00Z");
const sender = "5790000120420";
const receiver = "5790000128686";
const newer = `newer:${Buffer.alloc(32, 3).toString("base64")}`;
let db: Database;
let key: Actor;
const job = () => createContext(db, { kind: "system", job: "rotate" }, now);
const hold = (payload: string) =>
  holdKeyring({
    payload: readKeyList(payload, "PAYLOAD_KEY"),
    index: readKeyList(testKeys.INDEX_KEY, "INDEX_KEY"),
  });
const send = async () => {
  const bytes = anInterchange({ sender, receiver });
  const ctx = createContext(db, key, now);
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  return { id: interchange.id, bytes };
};
const read = async (id: string) => (await readInterchangePayload(createContext(db, key, now), { id })).bytes;

beforeEach(async () => {
  // Other test files in the same process hold keys of their own.
  hold(testKeys.PAYLOAD_KEY);
  db = await testDatabase();
  const [from, to] = [await aVendor(db), await aVendor(db)];
  key = from.key;
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: to.supplierId }), [["DIS91", "D9134L"]]);
});
afterEach(() => hold(testKeys.PAYLOAD_KEY));

test("after rotation nothing needs the old key, and no content was rewritten", async () => {
  const messages = [await send(), await send(), await send()];
  const before = await db.select().from(payloads).orderBy(payloads.sha256);
  hold(`${newer} ${testKeys.PAYLOAD_KEY}`);
  expect(await countUnrotated(job())).toBe(3);
  expect(await rotatePayloadKeys(job(), { limit: 2 })).toEqual({ wrapped: 2, encrypted: 0 });
  for (const { id, bytes } of messages) expect((await read(id)).equals(bytes)).toBe(true);
  expect(await rotatePayloadKeys(job(), { limit: 2 })).toEqual({ wrapped: 1, encrypted: 0 });
  expect(await rotatePayloadKeys(job(), { limit: 2 })).toEqual({ wrapped: 0, encrypted: 0 });
  hold(newer);
  for (const { id, bytes } of messages) expect((await read(id)).equals(bytes)).toBe(true);
  const after = await db.select().from(payloads).orderBy(payloads.sha256);
  expect(after.map(({ bytes }) => bytes)).toEqual(before.map(({ bytes }) => bytes));
  expect(await countUnrotated(job())).toBe(0);
});

test("messages are accepted and read by processes with either key during rotation", async () => {
  const old = await send();
  hold(`${newer} ${testKeys.PAYLOAD_KEY}`);
  const fresh = await send();
  hold(`${testKeys.PAYLOAD_KEY} ${newer}`);
  await rotatePayloadKeys(job(), { limit: 100 });
  for (const { id, bytes } of [old, fresh]) expect((await read(id)).equals(bytes)).toBe(true);
});

test("without the old key nothing is changed, and the error names the missing key", async () => {
  await send();
  hold(newer);
  await expect(rotatePayloadKeys(job(), { limit: 100 })).rejects.toThrow('lacks the key "test"');
  hold(testKeys.PAYLOAD_KEY);
  expect(await countUnrotated(job())).toBe(0);
});

test("what was stored before encryption was added is encrypted and its name hidden", async () => {
  const { id, bytes } = await send();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const plain = { sha256, bytes, masterKeyId: null, wrappedKey: null };
  await db.update(payloads).set(plain);
  await db.update(interchanges).set({ payloadSha256: sha256 });
  await db.update(deliveries).set({ payloadSha256: sha256 });
  expect((await read(id)).equals(bytes)).toBe(true);
  expect(await rotatePayloadKeys(job(), { limit: 100 })).toEqual({ wrapped: 0, encrypted: 1 });
  expect(JSON.stringify(await db.select().from(payloads))).not.toContain(sha256);
  const [delivery] = await db.select().from(deliveries);
  expect((await readPayload(db, delivery?.payloadSha256 ?? "")).equals(bytes)).toBe(true);
  expect((await read(id)).equals(bytes)).toBe(true);
});
