import { readEnvelope } from "@sor/edi";
import { count, eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { actorForKey, createKey, revokeKey } from "../access/index.ts";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { acknowledgeMailbox, readFromMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { journalEntries } from "../journal/tables.ts";
import { getMessage, listMessageEvents } from "../messages/read-messages.ts";
import { messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  lockWaits,
  receives,
  testDatabase,
  untilLockWaits,
} from "../testing/index.ts";
import { canResend } from "./choose-messages.ts";
import { getResends, listResends, planResends, startResends, stopResends } from "./resend-jobs.ts";
import { continueResends } from "./run-resends.ts";
import { resendMessages } from "./tables.ts";

const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let counter = 0;
let sender: string;
let receiver: string;
let from: Actor;
let fromId: string;
let fromSupplier: string;
let to: Actor;
let stranger: Actor;
const ctx = (actor: Actor) => createContext(db, actor, now);
const system: Actor = { kind: "system", job: "test" };
const reason = "modtageren har mistet en dags post";
const question = () => ({ gln: receiver, limit: 1000, visibilityTimeoutSeconds: 60 });

/** A vendor with a key that is stored in the database, as a job needs it. */
async function aVendorWithKey() {
  const { supplierId } = await aVendor(db);
  const scopes = ["interchanges:send", "messages:read", "mailboxes:read"] as const;
  const expiresAt = new Date("2026-12-01T00:00:00Z");
  const { key } = await createKey(ctx(system), {
    ...{ supplierId, name: "Nøgle", scopes: [...scopes], glns: null, expiresAt },
  });
  const answer = await actorForKey(db, key, now);
  if (answer.state !== "valid") throw new Error("the key is not valid");
  return { supplierId, actor: answer.actor };
}

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b, c] = [await aVendorWithKey(), await aVendorWithKey(), await aVendorWithKey()];
  [from, to, stranger] = [a.actor, b.actor, c.actor];
  [fromId, fromSupplier] = [a.actor.id, a.supplierId];
  [sender, receiver] = [0, 1].map(() => {
    counter += 1;
    return completeGln(`5790004${String(counter).padStart(5, "0")}`);
  }) as [string, string];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: b.supplierId }), [["DIS91", "D9134L"]]);
});

async function send(...references: string[]): Promise<string[]> {
  const messages = references.map((reference) => ({ reference }));
  const bytes = anInterchange({ sender, receiver, messages });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty: "SORGATEWAY" });
  return interchange.messages.map(({ id }) => id);
}

/** Delivered messages. */
async function delivered(...references: string[]): Promise<string[]> {
  const ids = await send(...references);
  await fetchAll();
  return ids;
}

/** The content of the mailbox: message ids and envelope ids. */
async function fetchAll() {
  const entries = await takeFromMailbox(ctx(to), question());
  const all: { envelope: string; messages: string[] }[] = [];
  for (const { id } of entries) {
    const { bytes } = await readFromMailbox(ctx(to), { gln: receiver, id });
    const [read] = readEnvelope(bytes).interchanges;
    all.push({
      envelope: read?.reference ?? "",
      messages: (read?.messages ?? []).map(({ reference }) => reference),
    });
  }
  const ids = entries.map(({ id }) => id);
  if (ids.length > 0) await acknowledgeMailbox(ctx(to), { gln: receiver, ids });
  return all;
}

const workOff = async (limit = 100) => await continueResends(ctx(system), { limit });
const all = () => ({ filter: { receiver } });
test("a dry run counts what would be sent and why the rest would not, and changes nothing", async () => {
  await delivered("M1", "M2");
  await send("M3");
  const plan = await planResends(ctx(from), all());
  expect(plan).toEqual({
    matched: 3,
    willSend: 2,
    leftOut: [{ reason: "wrong-state", state: "queued", count: 1 }],
  });
  expect(await planResends(ctx(to), all())).toMatchObject({
    willSend: 0,
    leftOut: [{ reason: "not-the-sender", count: 3 }],
  });
  expect(await planResends(ctx(stranger), all())).toEqual({ matched: 0, willSend: 0, leftOut: [] });
  expect(await db.$count(messages, eq(messages.receiver, receiver))).toBe(3);
});

test("that a message can be resent is seen behind any number of newer ones that cannot", async () => {
  await delivered("OLD");
  await send(...Array.from({ length: 250 }, (_, at) => `N${at}`));
  const each = () => Promise.all([from, to, stranger].map((actor) => canResend(ctx(actor), { receiver })));
  expect(await each()).toEqual([true, false, false]);
  await db.update(messages).set({ state: "receipted-negative" }).where(eq(messages.state, "delivered"));
  expect(await each()).toEqual([false, false, false]);
});

test("messages are resent each in a new envelope, with lineage and journal, and the job shows its progress", async () => {
  const ids = await delivered("M1", "M2", "M3");
  const job = await startResends(ctx(from), { choice: all(), reason });
  expect(job).toMatchObject({ state: "running", messages: 3, sent: 0, waiting: 3, reason });
  expect(await workOff(2)).toMatchObject({ sent: 2, refused: 0 });
  expect(await getResends(ctx(from), job)).toMatchObject({ state: "running", sent: 2, waiting: 1 });
  await workOff();
  expect(await getResends(ctx(from), job)).toMatchObject({ state: "ended", sent: 3, waiting: 0 });

  const arrived = await fetchAll();
  expect(arrived.flatMap((entry) => entry.messages).sort()).toEqual(["M1", "M2", "M3"]);
  expect(new Set(arrived.map(({ envelope }) => envelope)).size).toBe(3);
  for (const id of ids) {
    const events = await listMessageEvents(ctx(from), { id });
    const copyId = String(events.find(({ event }) => event === "resent")?.detail?.messageId);
    expect((await getMessage(ctx(from), { id: copyId })).originId).toBe(id);
    const journal = (await db.select().from(journalEntries)).filter(({ subjectId }) => subjectId === id);
    expect(journal.map(({ comment, actorId }) => [comment, actorId])).toEqual([[reason, fromId]]);
  }
  expect((await listResends(ctx(from))).map(({ id }) => id)).toEqual([job.id]);
});

test("with many jobs of one supplier, another gets every second message", async () => {
  const many = await delivered("M1", "M2", "M3", "M4", "M5");
  await receives(db, sender, await anEndpoint(db, { supplierId: fromSupplier }), [["DIS91", "D9134L"]]);
  const messages = ["N1", "N2", "N3"].map((reference) => ({ reference }));
  const bytes = anInterchange({ sender: receiver, receiver: sender, messages });
  const { interchange } = await acceptInterchange(ctx(to), { bytes, gatewayParty: "SORGATEWAY" });
  const [entry] = await takeFromMailbox(ctx(from), { ...question(), gln: sender });
  await acknowledgeMailbox(ctx(from), { gln: sender, ids: [entry?.id ?? ""] });

  for (const id of many) await startResends(ctx(from), { choice: { ids: [id] }, reason });
  const ids = interchange.messages.map(({ id }) => id);
  const theirs = await startResends(ctx(to), { choice: { ids }, reason });
  expect(await workOff(4)).toMatchObject({ sent: 4, refused: 0 });
  expect(await getResends(ctx(to), theirs)).toMatchObject({ sent: 2, waiting: 1 });
});

test("a round that is aborted between two messages is continued: none is sent twice, none is lost", async () => {
  await delivered("M1", "M2", "M3", "M4");
  const job = await startResends(ctx(from), { choice: all(), reason });
  await workOff(1);
  await Promise.all([workOff(), workOff(), workOff()]);
  await workOff();
  expect(await getResends(ctx(from), job)).toMatchObject({ state: "ended", sent: 4, refused: {} });
  expect((await fetchAll()).flatMap((entry) => entry.messages).sort()).toEqual(["M1", "M2", "M3", "M4"]);
});

test("what changed since the job began is refused for each message separately", async () => {
  const [first = ""] = await delivered("M1", "M2");
  const job = await startResends(ctx(from), { choice: all(), reason });
  await db.update(messages).set({ state: "receipted-negative" }).where(eq(messages.id, first));
  await workOff();
  await workOff();
  expect(await getResends(ctx(from), job)).toMatchObject({
    ...{ state: "ended", sent: 1, refused: { "wrong-state": 1 } },
  });
});

test("a message that cannot be read is skipped and reported, and does not stop the others", async () => {
  const [first = ""] = await delivered("M1");
  await delivered("M2");
  const job = await startResends(ctx(from), { choice: all(), reason });
  const [row] = await db.select().from(messages).where(eq(messages.id, first));
  await db.update(messages).set({ position: 99 }).where(eq(messages.id, first));
  const { faults } = await workOff();
  expect(faults).toHaveLength(1);
  expect(row?.position).toBe(1);
  await workOff();
  expect(await getResends(ctx(from), job)).toMatchObject({ state: "ended", sent: 1, refused: { failed: 1 } });
});

test("revoking a key stops its jobs", async () => {
  await delivered("M1", "M2");
  const job = await startResends(ctx(from), { choice: all(), reason });
  await workOff(1);
  await revokeKey(ctx(system), fromId);
  await workOff();
  await workOff();
  expect(await getResends(ctx(system), job)).toMatchObject({
    ...{ state: "ended", sent: 1, refused: { "not-allowed": 1 } },
  });
});

test("a stopped job sends nothing more", async () => {
  await delivered("M1", "M2", "M3");
  const job = await startResends(ctx(from), { choice: all(), reason });
  await workOff(1);
  await expect(stopResends(ctx(to), { id: job.id, reason: "ikke min" })).rejects.toMatchObject({
    code: "not-found",
  });
  await stopResends(ctx(from), { id: job.id, reason: "forkert dag" });
  expect(await workOff()).toMatchObject({ sent: 0 });
  expect(await getResends(ctx(from), job)).toMatchObject({ state: "stopped", sent: 1, waiting: 2 });
});

test("stopping a job waits until the message being sent is counted, and nothing is sent after that", async () => {
  await delivered("M1", "M2", "M3");
  const job = await startResends(ctx(from), { choice: all(), reason });
  const { working, stopping } = await db.transaction(async (tx) => {
    await tx.select().from(messages).where(eq(messages.reference, "M1")).for("update");
    const working = workOff();
    await untilLockWaits(db, 1);
    let isStopped = false;
    const stopping = stopResends(ctx(from), { id: job.id, reason: "forkert dag" }).finally(() => {
      isStopped = true;
    });
    await expect.poll(async () => isStopped || (await lockWaits(db)) === 2, { timeout: 30_000 }).toBe(true);
    return { working, stopping };
  });
  const stopped = await stopping;
  await working;
  expect(stopped).toMatchObject({ state: "stopped", sent: 1, waiting: 2 });
  expect(await getResends(ctx(from), job)).toEqual(stopped);
});

test("others see nothing of a job, and their messages cannot be selected by id", async () => {
  const ids = await delivered("M1");
  const job = await startResends(ctx(from), { choice: { ids }, reason });
  for (const other of [to, stranger]) {
    await expect(getResends(ctx(other), job)).rejects.toMatchObject({ code: "not-found" });
    expect(await listResends(ctx(other))).toEqual([]);
  }
  const forged = startResends(ctx(stranger), { choice: { ids }, reason });
  await expect(forged).rejects.toMatchObject({
    details: {
      fault: "nothing-to-resend",
      leftOut: [{ reason: "not-found", state: null, count: 1 }],
    },
  });
  const received = startResends(ctx(to), { choice: { ids }, reason });
  await expect(received).rejects.toMatchObject({ details: { fault: "nothing-to-resend" } });
});

test("ten thousand messages become a job in one short transaction; more are refused", async () => {
  const [id = ""] = await delivered("M1");
  const copy = async (first: number, last: number) =>
    await db.execute(sql`insert into messages select (m).* from (
      select jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'position', n)) as m
      from messages m, generate_series(${first}::int, ${last}::int) n where m.id = ${id}) rows`);
  await copy(2, 10_000);
  const job = await startResends(ctx(from), { choice: all(), reason });
  expect(job).toMatchObject({ messages: 10_000, waiting: 10_000 });
  const [total] = await db
    .select({ count: count() })
    .from(resendMessages)
    .where(eq(resendMessages.jobId, job.id));
  expect(total?.count).toBe(10_000);
  await stopResends(ctx(from), { id: job.id, reason: "kun en prøve" });
  await copy(20_000, 20_000);
  await expect(planResends(ctx(from), all())).rejects.toMatchObject({
    details: { fault: "too-many-messages", most: 10_000 },
  });
});

test("an actor can have at most five jobs at a time", async () => {
  const ids = await delivered("M1");
  for (let at = 0; at < 5; at += 1) await startResends(ctx(from), { choice: { ids }, reason });
  const sixth = startResends(ctx(from), { choice: { ids }, reason });
  await expect(sixth).rejects.toMatchObject({ details: { fault: "too-many-resends" } });
});

test("the limit of five jobs also holds when they are started concurrently", async () => {
  const ids = await delivered("M1");
  const asking = Array.from({ length: 9 }, () => startResends(ctx(from), { choice: { ids }, reason }));
  const asked = await Promise.allSettled(asking);
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
});
