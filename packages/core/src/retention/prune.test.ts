import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, lockText } from "../database/index.ts";
import { acknowledgeMailbox, takeFromMailbox } from "../deliveries/index.ts";
import { feedEntries } from "../feed/tables.ts";
import { acceptInterchange } from "../intake/index.ts";
import { getInterchange, readInterchangePayload } from "../messages/index.ts";
import {
  deliveries,
  endpointQueues,
  interchanges,
  messageEvents,
  messages,
  seenReferences,
} from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { idempotencyKeys } from "../requests/tables.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  feedSettled,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { messagePatients, payloads } from "../vault/tables.ts";
import { lastPrunes, prune } from "./prune.ts";
import { defaultRetention, retentionFault } from "./retention.ts";
import { pruneRuns } from "./tables.ts";

const start = new Date("2026-01-01T10:00:00Z");
const day = 86_400_000;
const after = (days: number) => new Date(start.getTime() + days * day);
const sender = "5790000120420";
const receiver = "5790000128686";
let db: Database;
let from: Actor;
let to: Actor;
const run = (days: number, more: Partial<Parameters<typeof prune>[1]> = {}) =>
  prune(createContext(db, { kind: "system", job: "prune" }, after(days)), {
    retention: defaultRetention,
    ...more,
  });

beforeEach(async () => {
  db = await testDatabase();
  const [sending, receiving] = [await aVendor(db), await aVendor(db)];
  [from, to] = [sending.key, receiving.key];
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  await aLocation(db, { gln: receiver, supplierId: receiving.supplierId });
  const endpoint = await anEndpoint(db, { supplierId: receiving.supplierId });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
});

const send = async (more: { type?: string; key?: string; reference?: string } = {}) => {
  const { type = "DIS91", key, reference } = more;
  const bytes = anInterchange({
    sender,
    receiver,
    ...(reference && { reference }),
    messages: [{ reference: reference ?? `L${Math.random().toString(36).slice(2, 10)}`, type }],
  });
  const ctx = createContext(db, from, start);
  const submission = { bytes, gatewayParty: "SORGATEWAY", idempotencyKey: key };
  return { bytes, interchange: (await acceptInterchange(ctx, submission)).interchange };
};
const fetchAll = async () => {
  const ctx = createContext(db, to, start);
  const entries = await takeFromMailbox(ctx, { gln: receiver, limit: 100, visibilityTimeoutSeconds: 60 });
  await acknowledgeMailbox(ctx, { gln: receiver, ids: entries.map(({ id }) => id) });
};
const removedOf = (reports: Awaited<ReturnType<typeof prune>>) =>
  Object.fromEntries(reports.map(({ kind, removed }) => [kind, removed]));

describe("content", () => {
  test("that was delivered is pruned after 90 days and answered as gone; everything else is kept", async () => {
    const { interchange, bytes } = await send();
    await fetchAll();
    expect(removedOf(await run(89)).payloads).toBe(0);
    const read = () => readInterchangePayload(createContext(db, from, after(91)), { id: interchange.id });
    expect((await read()).bytes.equals(bytes)).toBe(true);
    expect(removedOf(await run(91)).payloads).toBe(1);
    expect(await db.$count(payloads)).toBe(0);
    await expect(read()).rejects.toMatchObject({ code: "gone" });
    const known = await getInterchange(createContext(db, from, after(91)), { id: interchange.id });
    expect(known).toEqual({ ...interchange, notes: undefined, messages: expect.anything() });
    expect(known.messages[0]?.state).toBe("delivered");
  });

  test.each(["queued", "delivering", "held", "dead", "received", "validated", "routed"] as const)(
    "of a message that is %s is never pruned, however old it is",
    async (state) => {
      const { interchange } = await send();
      await fetchAll();
      await db.update(messages).set({ state });
      expect(removedOf(await run(5000))).toMatchObject({ payloads: 0, messages: 0 });
      const read = readInterchangePayload(createContext(db, from, after(5000)), { id: interchange.id });
      expect((await read).interchangeId).toBe(interchange.id);
    },
  );

  test("of a delivery that is still waiting is never pruned", async () => {
    await send();
    await db.update(messages).set({ state: "delivered" });
    expect(removedOf(await run(5000))).toMatchObject({ payloads: 0, messages: 0 });
    await db.update(deliveries).set({ state: "done" });
    expect(removedOf(await run(5000))).toMatchObject({ payloads: 1, messages: 1 });
  });

  test("that two interchanges share is kept as long as one of them is", async () => {
    const [first, second] = [await send(), await send()];
    await fetchAll();
    const [kept] = await db.select().from(interchanges).where(eq(interchanges.id, second.interchange.id));
    const shared = { payloadSha256: kept?.payloadSha256 ?? "" };
    await db.update(interchanges).set(shared);
    await db.update(deliveries).set(shared);
    await db
      .update(interchanges)
      .set({ receivedAt: after(80) })
      .where(eq(interchanges.id, second.interchange.id));
    await run(91);
    const ctx = createContext(db, from, after(91));
    expect(
      (await readInterchangePayload(ctx, { id: second.interchange.id })).bytes.equals(second.bytes),
    ).toBe(true);
    expect(first.interchange.id).not.toBe(second.interchange.id);
  });

  test.each([
    ["together with others", 1],
    ["alone, as many messages are,", 60],
  ])("that is sent again %s while the old is pruned is kept for the new", async (_, count) => {
    const { supplierId } = await aVendor(db);
    const hook = await anEndpoint(db, { supplierId, address: "https://edi.example.dk/in" });
    await receives(db, receiver, hook, [["DIS01", "D9134L"]]);
    const list = Array.from({ length: count }, (_each, at) => ({ reference: `L${at}`, type: "DIS01" }));
    const bytes = anInterchange({ sender, receiver, reference: "I1", messages: list });
    await acceptInterchange(createContext(db, from, start), { bytes, gatewayParty: "SORGATEWAY" });
    await db.update(messages).set({ state: "delivered" });
    await db.update(deliveries).set({ state: "done" });
    // The ids for duplicate detection may be pruned before the content is.
    await db.delete(seenReferences);
    await db.delete(endpointQueues);
    const ctx = createContext(db, from, after(91));
    const lockWaits = async () =>
      (
        await db.execute(sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`)
      ).rows.length;
    const { accepting, pruning } = await db.transaction(async (tx) => {
      // Blocks the last insert of the acceptance, so that the payload stays uncommitted.
      await tx.insert(endpointQueues).values({ endpointId: hook });
      const accepting = acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
      await expect.poll(lockWaits, { timeout: 30_000 }).toBe(1);
      let isPruned = false;
      const pruning = run(91).finally(() => {
        isPruned = true;
      });
      await expect.poll(async () => isPruned || (await lockWaits()) === 2, { timeout: 30_000 }).toBe(true);
      return { accepting, pruning };
    });
    const { interchange } = await accepting;
    await pruning;
    expect((await readInterchangePayload(ctx, { id: interchange.id })).bytes.equals(bytes)).toBe(true);
  });
});

test("a message's metadata is pruned after 13 months, with events, attempts and patients", async () => {
  await send();
  await fetchAll();
  await feedSettled(db);
  await run(91);
  expect(removedOf(await run(395)).messages).toBe(0);
  expect(await db.$count(feedEntries)).toBeGreaterThan(0);
  expect(removedOf(await run(397)).messages).toBe(1);
  for (const table of [interchanges, messages, messageEvents, feedEntries, deliveries, messagePatients]) {
    expect(await db.$count(table)).toBe(0);
  }
});

test("a refused message is pruned with its receipt, once the receipt has been fetched", async () => {
  await send({ type: "DIS01" });
  expect(removedOf(await run(397)).payloads).toBe(1);
  const ctx = createContext(db, from, start);
  const entries = await takeFromMailbox(ctx, { gln: sender, limit: 10, visibilityTimeoutSeconds: 60 });
  await acknowledgeMailbox(ctx, { gln: sender, ids: entries.map(({ id }) => id) });
  expect(removedOf(await run(398))).toMatchObject({ payloads: 1, messages: 1 });
  expect(await db.$count(payloads)).toBe(0);
});

test("a duplicate is detected after its content was pruned", async () => {
  const { bytes, interchange } = await send({ reference: "SAME" });
  await fetchAll();
  await run(91);
  const again = await acceptInterchange(createContext(db, from, after(92)), {
    bytes,
    gatewayParty: "SORGATEWAY",
  });
  expect(again.interchange).toMatchObject({ id: interchange.id, duplicate: "duplicate" });
});

test("a refused message that is repeated after its receipt was pruned is a duplicate, not an error", async () => {
  const { bytes, interchange } = await send({ reference: "SAME", type: "DIS01" });
  const ctx = createContext(db, from, start);
  const entries = await takeFromMailbox(ctx, { gln: sender, limit: 10, visibilityTimeoutSeconds: 60 });
  await acknowledgeMailbox(ctx, { gln: sender, ids: entries.map(({ id }) => id) });
  await run(91);
  const again = await acceptInterchange(createContext(db, from, after(92)), {
    bytes,
    gatewayParty: "SORGATEWAY",
  });
  expect(again.interchange).toMatchObject({ id: interchange.id, duplicate: "duplicate" });
});

test("Idempotency-Keys are pruned after 7 days, and ids for duplicate detection after their time", async () => {
  await send({ key: "k" });
  expect(removedOf(await run(6))["idempotency-keys"]).toBe(0);
  expect(removedOf(await run(8))["idempotency-keys"]).toBe(1);
  expect(await db.$count(idempotencyKeys)).toBe(0);
  expect(removedOf(await run(395)).references).toBe(0);
  expect(removedOf(await run(397)).references).toBe(2);
  expect(await db.$count(seenReferences)).toBe(0);
});

describe("a run", () => {
  test("that was interrupted is continued by the next, which reports all of it", async () => {
    for (let i = 0; i < 5; i += 1) await send();
    await fetchAll();
    let batches = 0;
    await run(91, { batch: 2, isStopping: () => batches > 0, onBatch: () => (batches += 1) });
    expect(await db.$count(payloads)).toBe(3);
    const [broken] = await db.select().from(pruneRuns);
    expect(broken).toMatchObject({ kind: "payloads", outcome: "running", removed: 2 });
    await run(92, { batch: 2 });
    const [whole] = await db
      .select()
      .from(pruneRuns)
      .where(eq(pruneRuns.id, broken?.id ?? ""));
    expect(whole).toMatchObject({ outcome: "done", removed: 5, oldestAt: start, newestAt: start });
    expect(whole?.removedBytes).toBeGreaterThan(500);
    expect(whole?.certificate).toMatch(/^[0-9a-f]{64}$/);
    expect(whole?.certificate).not.toBe(broken?.certificate);
  });

  test("is left to the process that is running one", async () => {
    await send();
    await fetchAll();
    const other = await db.$client.connect();
    await other.query("begin");
    await other.query("select pg_advisory_xact_lock(hashtextextended($1, 7366))", [lockText("retention")]);
    expect(await run(91)).toEqual([]);
    expect(await db.$count(payloads)).toBe(1);
    await other.query("rollback");
    other.release();
    expect(removedOf(await run(91)).payloads).toBe(1);
  });

  test("that fails reports a code, removes nothing of its kind, and does not block the other kinds", async () => {
    await send({ key: "k" });
    await fetchAll();
    await db.execute(
      sql`create function no() returns trigger language plpgsql as $$ begin raise 'no' using errcode = 'XX001'; end $$`,
    );
    await db.execute(sql`create trigger no before delete on payloads for each row execute function no()`);
    await expect(run(91)).rejects.toThrow("a deletion run has failed");
    expect(await db.$count(payloads)).toBe(1);
    expect(await db.$count(idempotencyKeys)).toBe(0);
    const ctx = createContext(db, { kind: "system", job: "prune" }, after(91));
    const state = new Map((await lastPrunes(ctx)).map((row) => [row.kind, row]));
    expect(state.get("payloads")).toMatchObject({
      lastSuccessAt: null,
      last: { outcome: "failed", error: "XX001", removed: 0 },
    });
    expect(state.get("idempotency-keys")?.lastSuccessAt).toEqual(after(91));
    await db.execute(sql`drop trigger no on payloads`);
    expect(removedOf(await run(92)).payloads).toBe(1);
  });
});

test.each([
  [{}, undefined],
  [{ references: 89 }, "RETENTION_REFERENCE_DAYS"],
  [{ messages: 89 }, "RETENTION_MESSAGE_DAYS"],
  [{ "idempotency-keys": 6 }, "RETENTION_KEY_DAYS"],
  [{ payloads: 5 }, "RETENTION_PAYLOAD_DAYS"],
])("settings %j: %s", (changed, fault) => {
  const told = retentionFault({ ...defaultRetention, ...changed });
  if (fault === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(fault);
});
