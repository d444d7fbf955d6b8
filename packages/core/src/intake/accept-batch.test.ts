import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { journalEntries } from "../journal/tables.ts";
import { deliveries, interchanges, messageEvents, messages, seenReferences } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { payloads } from "../vault/tables.ts";
import { acceptInterchange } from "./accept-interchange.ts";

const now = new Date("2026-03-01T10:00:00Z");
const sender = "5790000120420";
const receiver = "5790000128686";
let db: Database;
let key: Actor;
let stranger: Actor;
let endpoint: string;

beforeEach(async () => {
  db = await testDatabase();
  const [from, to] = [await aVendor(db), await aVendor(db)];
  key = from.key;
  stranger = to.key;
  await aLocation(db, { gln: sender, supplierId: from.supplierId });
  await aLocation(db, { gln: receiver, supplierId: to.supplierId });
  endpoint = await anEndpoint(db, { supplierId: to.supplierId });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
});

const message = (of: Partial<Parameters<typeof anInterchange>[0]> = {}) =>
  anInterchange({ sender, receiver, ...of });
const send = (bytes: Buffer, more: { actor?: Actor; idempotencyKey?: string } = {}) =>
  acceptInterchange(createContext(db, more.actor ?? key, now), {
    bytes,
    gatewayParty: "SORGATEWAY",
    idempotencyKey: more.idempotencyKey,
  });
const transactionsOf = async () => {
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(distinct xmin::text)::int as count from interchanges`,
  );
  return rows[0]?.count;
};

test("concurrent messages share transactions, and each is stored whole", async () => {
  const submissions = Array.from({ length: 40 }, () => message());
  const answers = await Promise.all(submissions.map((bytes) => send(bytes)));
  expect(await transactionsOf()).toBeLessThanOrEqual(4);
  const ids = new Set(answers.map(({ interchange }) => interchange.id));
  expect(ids.size).toBe(40);
  for (const [table, count] of [
    [interchanges, 40],
    [messages, 40],
    [deliveries, 40],
    [payloads, 40],
    [messageEvents, 160],
    [seenReferences, 80],
  ] as const) {
    expect(await db.$count(table)).toBe(count);
  }
});

test("an answer agrees with the stored rows", async () => {
  const { interchange } = await send(message({ messages: [{ reference: "A1" }, { reference: "B2" }] }));
  const [row] = await db.select().from(interchanges);
  const rows = await db.select().from(messages).orderBy(messages.position);
  expect(interchange).toMatchObject({
    id: row?.id,
    sender,
    receiver,
    sizeBytes: row?.sizeBytes,
    receivedAt: row?.receivedAt.toISOString(),
    notes: [],
  });
  expect(interchange.messages.map(({ id, state, reference }) => [id, state, reference])).toEqual(
    rows.map(({ id, state, reference }) => [id, state, reference]),
  );
});

test("one that may not be sent does not delay the others, and is journalled", async () => {
  const sent = await Promise.allSettled([
    send(message()),
    send(message(), { actor: stranger }),
    send(message()),
  ]);
  expect(sent.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await db.$count(interchanges)).toBe(2);
  const [entry] = await db.select().from(journalEntries);
  expect(entry).toMatchObject({ action: "interchange.send", outcome: "refused" });
});

test("one of a type that the receiver does not accept is refused; the others go on", async () => {
  const unknown = message({ messages: [{ reference: "X1", type: "DIS01", version: "D0134L" }] });
  const sent = await Promise.all([send(message()), send(unknown), send(message())]);
  expect(sent.map(({ interchange }) => interchange.messages[0]?.reason)).toEqual([null, "VER", null]);
});

test("an id that another process stores concurrently belongs to that one; the others are stored once", async () => {
  const [first, ...others] = Array.from({ length: 10 }, (_, i) => message({ reference: `K${i}` }));
  const elsewhere = await db.$client.connect();
  await elsewhere.query("begin");
  await elsewhere.query(
    `insert into seen_references (kind, sender, receiver, reference, scope, interchange_id, seen_at)
     values ('envelope', $1, $2, 'K0', '', $3, now())`,
    [sender, receiver, newId()],
  );
  const sent = Promise.allSettled([first as Buffer, ...others].map((bytes) => send(bytes)));
  for (let waits = 0; waits === 0; ) {
    const found = await elsewhere.query("select count(*)::int as n from pg_locks where not granted");
    waits = found.rows[0].n;
  }
  await elsewhere.query("commit");
  elsewhere.release();
  expect((await sent).map(({ status }) => status)).toEqual(["rejected", ...others.map(() => "fulfilled")]);
  expect(await db.$count(interchanges)).toBe(9);
});

test("two concurrent submissions with the same envelope id are one message and its duplicate", async () => {
  const bytes = message({ reference: "SAME", messages: [{ reference: "L1" }] });
  const [one, ...others] = await Promise.all([send(message()), send(bytes), send(bytes), send(message())]);
  const [same, sameAgain, other] = others.map(({ interchange }) => interchange);
  expect([one?.interchange.duplicate, other?.duplicate]).toEqual([undefined, undefined]);
  // Which of the two is first is undefined: when their transaction fails, each is retried alone.
  expect([same?.duplicate, sameAgain?.duplicate].sort()).toEqual(["duplicate", undefined]);
  expect(sameAgain?.id).toBe(same?.id);
  expect(await db.$count(interchanges)).toBe(3);
  expect(await db.$count(messages)).toBe(3);
});

test("an Idempotency-Key is stored with its answer, and a repeated one gets the same answer", async () => {
  const [a, b] = [message(), message()];
  const first = await Promise.all([send(a, { idempotencyKey: "a" }), send(b, { idempotencyKey: "b" })]);
  const again = await Promise.all([send(a, { idempotencyKey: "a" }), send(b, { idempotencyKey: "b" })]);
  expect(again.map(({ interchange }) => interchange)).toEqual(first.map(({ interchange }) => interchange));
  expect(again.map(({ isReplay }) => isReplay)).toEqual([true, true]);
  expect(await db.$count(interchanges)).toBe(2);
});
