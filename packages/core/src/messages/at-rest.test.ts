import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { findMessagesByPatient } from "../content/patients.ts";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { recordAttempt } from "../deliveries/record-attempt.ts";
import { takeDeliveries } from "../deliveries/take-deliveries.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { payloads } from "../vault/tables.ts";
import { readPayload, storePayload } from "./payloads.ts";
import { getInterchange, readInterchangePayload } from "./read-interchanges.ts";

const now = new Date("2026-03-01T10:00:00Z");
const sender = "5790000120420";
const mailbox = "5790000128686";
const webhook = "5790000121526";
const patient = "2512489996";
const sentence = "Patienten klager over brystsmerter";
let db: Database;
let from: Actor;
let to: Actor;
const ctx = (actor: Actor) => createContext(db, actor, now);
const system = { kind: "system", job: "deliver" } as const;

beforeEach(async () => {
  db = await testDatabase();
  const [sending, receiving] = [await aVendor(db), await aVendor(db)];
  [from, to] = [sending.key, receiving.key];
  const { supplierId } = receiving;
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  for (const [gln, address] of [
    [mailbox, undefined],
    [webhook, "http://127.0.0.1:9/in"],
  ] as const) {
    await aLocation(db, { gln, supplierId });
    const endpoint = await anEndpoint(db, { supplierId, ...(address && { address }) });
    await receives(db, gln, endpoint, [["DIS91", "D9134L"]]);
  }
});

const message = (receiver: string, type = "DIS91") => {
  const bytes = anInterchange({ sender, receiver, messages: [{ reference: "L1", type, text: sentence }] });
  const text = bytes.toString("latin1").replace("FTX+SPC", `PNA+PAT+${patient}:::CPR'FTX+SPC`);
  return Buffer.from(text.replace("UNT+4", "UNT+5"), "latin1");
};
const send = (bytes: Buffer, idempotencyKey: string) =>
  acceptInterchange(ctx(from), { bytes, gatewayParty: "SORGATEWAY", idempotencyKey });

async function everyRow(): Promise<string> {
  const { rows: tables } = await db.execute<{ name: string }>(
    sql`select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await db.execute<{ text: string }>(sql.raw(`select t::text as text from ${name} t`));
    texts.push(...rows.map(({ text }) => text));
  }
  return texts.join("\n");
}

test("no content of a message is in plain text in any table", async () => {
  const sent = [message(mailbox), message(webhook), message(mailbox, "DIS01")];
  for (const [i, bytes] of sent.entries()) await send(bytes, `k${i}`);
  await send(sent[0] as Buffer, "again");
  await takeFromMailbox(ctx(to), { gln: mailbox, limit: 10, visibilityTimeoutSeconds: 60 });
  const work = { limit: 5, leaseSeconds: 60, perEndpoint: 5, worker: "w" };
  const [delivery] = await takeDeliveries(ctx(system), work);
  if (!delivery) throw new Error("nothing to deliver");
  await recordAttempt(ctx(system), {
    delivery,
    outcome: { kind: "refused", status: 400 },
    startedAt: now,
    latencyMilliseconds: 5,
    responseExcerpt: `I do not like: ${sentence} ${patient}`,
    worker: "w",
    random: 0.5,
    gatewayParty: "SORGATEWAY",
  } as Parameters<typeof recordAttempt>[1]);
  await findMessagesByPatient(ctx(to), { patientId: patient });
  const rows = await everyRow();
  expect(rows).toContain(mailbox);
  const digests = sent.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
  for (const fragment of [sentence, "brystsmerter", patient, "PNA+PAT", "UNB+UNOC", ...digests]) {
    for (const form of ["utf8", "hex", "base64"] as const) {
      const text = Buffer.from(fragment).toString(form).replace(/=+$/, "");
      expect(rows.includes(text), `${fragment} as ${form}`).toBe(false);
    }
  }
});

test("whoever may see a message gets it byte for byte with its digest", async () => {
  const bytes = message(mailbox);
  const { interchange } = await send(bytes, "k");
  const digest = createHash("sha256").update(bytes).digest();
  expect(interchange.sha256).toBe(digest.toString("hex"));
  expect((await getInterchange(ctx(from), { id: interchange.id })).sha256).toBe(interchange.sha256);
  const read = await readInterchangePayload(ctx(from), { id: interchange.id });
  expect(read.bytes.equals(bytes)).toBe(true);
  expect(read.contentDigest).toBe(`sha-256=:${digest.toString("base64")}:`);
  const [entry] = await takeFromMailbox(ctx(to), { gln: mailbox, limit: 10, visibilityTimeoutSeconds: 60 });
  expect(entry?.contentDigest).toBe(read.contentDigest);
  const pulled = await readFromMailbox(ctx(to), { gln: mailbox, id: entry?.id ?? "" });
  expect(pulled.bytes.equals(bytes)).toBe(true);
});

test("an answer repeated by Idempotency-Key has the same digest", async () => {
  const bytes = message(mailbox);
  const first = await send(bytes, "k");
  const again = await send(bytes, "k");
  expect(again).toMatchObject({ interchange: first.interchange, isReplay: true });
});

test("payload parts that were swapped, truncated or taken from another payload are not returned", async () => {
  const large = Buffer.alloc(2.5 * 1024 * 1024, "abcdefg");
  const { sha256 } = await db.transaction((tx) => storePayload(tx, large, now));
  expect((await readPayload(db, sha256)).equals(large)).toBe(true);
  expect(await db.$count(payloads)).toBe(3);
  await db.execute(sql`update payloads set part = part + 10`);
  await db.execute(sql`update payloads set part = case part when 10 then 1 when 11 then 0 else 2 end`);
  await expect(readPayload(db, sha256)).rejects.toThrow();
  await db.execute(sql`update payloads set part = part + 10`);
  await db.execute(sql`update payloads set part = case part when 10 then 1 when 11 then 0 else 2 end`);
  expect((await readPayload(db, sha256)).equals(large)).toBe(true);
  await db.execute(sql`delete from payloads where part = 2`);
  await expect(readPayload(db, sha256)).rejects.toThrow("damaged");
});

test("what was stored before encryption was added can be read", async () => {
  const bytes = Buffer.from("UNA from before");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await db.insert(payloads).values({ sha256, part: 0, sizeBytes: bytes.length, bytes, storedAt: now });
  expect((await readPayload(db, sha256)).equals(bytes)).toBe(true);
});
