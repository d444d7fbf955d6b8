import { setImmediate } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { pgTable, text, uuid } from "drizzle-orm/pg-core";
import { beforeEach, expect, test } from "vitest";
import { newId } from "../database/index.ts";
import { openPlaces } from "../shares/index.ts";
import { testDatabase } from "../testing/index.ts";
import { noLease, takeDue } from "./index.ts";
import { sendingColumns } from "./tables.ts";

const rows = pgTable("queue_rows", {
  id: uuid().primaryKey(),
  receiver: text().notNull(),
  ...sendingColumns(),
});
const queue = {
  table: rows,
  id: rows.id,
  dueAt: rows.nextAttemptAt,
  isOpen: sql`${rows.doneAt} is null`,
};
const db = await testDatabase();
await db.execute(sql`create table queue_rows (id uuid primary key, receiver text not null,
  created_at timestamptz not null, next_attempt_at timestamptz not null, attempts integer not null default 0,
  lease_token uuid, lease_until timestamptz, done_at timestamptz)`);
const now = new Date("2026-03-01T10:00:00Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

beforeEach(async () => {
  await db.delete(rows);
});

async function put(receiver: string, dueAt = now): Promise<string> {
  const id = newId();
  await db.insert(rows).values({ id, receiver, createdAt: now, nextAttemptAt: dueAt });
  return id;
}
const take = (at: Date, more: Partial<Parameters<typeof takeDue>[2]> = {}) =>
  db.transaction((tx) => takeDue(tx, queue, { now: at, limit: 10, leaseSeconds: 60, ...more }));
const idsOf = (taken: { id: string }[]) => taken.map(({ id }) => id).sort();

test("each due row is taken by one of many processes, and again only when its lease has expired", async () => {
  const put50 = await Promise.all(Array.from({ length: 50 }, () => put("a")));
  const taken = (await Promise.all(Array.from({ length: 8 }, () => take(now)))).flat();
  expect(idsOf(taken)).toEqual([...new Set(idsOf(taken))]);
  const rest = await take(now, { limit: 100 });
  expect(idsOf([...taken, ...rest])).toEqual([...put50].sort());
  expect(await take(later(59), { limit: 100 })).toEqual([]);
  expect(await take(later(60), { limit: 100 })).toHaveLength(50);
});

test("rows are taken when they are due, oldest first, until they are done", async () => {
  const second = await put("a", later(2));
  const first = await put("a", later(1));
  expect(await take(now)).toEqual([]);
  expect(await take(later(2), { limit: 1 })).toMatchObject([{ id: first }]);
  await db
    .update(rows)
    .set({ ...noLease, doneAt: later(2) })
    .where(eq(rows.id, first));
  expect(await take(later(100))).toMatchObject([{ id: second, leaseUntil: later(160) }]);
});

test("many rows of one holder leave room for the others, and one without room gets nothing", async () => {
  for (let n = 0; n < 20; n += 1) await put("many", later(-60));
  const single = await put("one");
  const taken = await take(now, { limit: 4, holder: sql`${rows.receiver}`, places: openPlaces(4) });
  expect(taken).toHaveLength(4);
  expect(idsOf(taken)).toContain(single);
  const places = { rule: { limit: 8, share: 0.5 }, held: new Map([["many", 4]]) };
  expect(await take(now, { limit: 4, holder: sql`${rows.receiver}`, places })).toEqual([]);
});

test("a row that another process has put off meanwhile is not taken early", async () => {
  const id = await put("a");
  // The question stops between reading the row and locking it, until the lock of this transaction ends.
  const where = sql`pg_advisory_xact_lock_shared(77) is not null`;
  const isWaiting = sql`select from pg_locks where locktype = 'advisory' and objid = 77 and not granted`;
  const late = await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(77)`);
    const asked = take(now, { where });
    while ((await db.execute(isWaiting)).rows.length === 0) await setImmediate();
    const putOff = { ...noLease, nextAttemptAt: later(30) };
    await db.update(rows).set(putOff).where(eq(rows.id, id));
    return { asked };
  });
  expect(await late.asked).toEqual([]);
  expect(await take(later(30))).toMatchObject([{ id }]);
});

test("a process takes only what it can work on", async () => {
  const mail = await put("mail");
  await put("fax");
  expect(await take(now, { where: sql`${rows.receiver} = 'mail'` })).toMatchObject([{ id: mail }]);
});
