import { execFile } from "node:child_process";
import { mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import {
  closeDatabase,
  type Database,
  type EmbeddedPostgres,
  migrateDatabase,
  openDatabase,
  startEmbeddedPostgres,
} from "../database/index.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  feedSettled,
  receives,
  testDatabase,
} from "../testing/index.ts";
import { readNotifications } from "../tracking/notifications.ts";

const now = new Date("2026-03-01T10:00:00Z");
const sender = completeGln("579000700001");
const receiver = completeGln("579000700002");

/** Sends a message and returns its id; its events are in the feed. */
async function send(db: Database, actor: Actor): Promise<string> {
  const ctx = createContext(db, actor, now);
  const bytes = anInterchange({ sender, receiver });
  const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
  await feedSettled(db);
  return interchange.messages[0]?.id ?? "";
}

/** The messages accepted between an offset and the end of the feed, the number of events, and the next offset. */
async function read(db: Database, actor: Actor, after = "0") {
  const page = await readNotifications(createContext(db, actor, now), { after, limit: 1000 });
  expect(page.isEnd).toBe(true);
  const takenIn = page.items.filter(({ event }) => event === "taken-in");
  return { messages: takenIn.map(({ messageId }) => messageId), steps: page.items.length, next: page.next };
}

const refusedWith = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => undefined,
    (refusal: unknown) => refusal,
  );
  expect(error).toMatchObject({ code: "gone", details: { fault: "offset-gone" } });
  return (error as { details: { begin: string } }).details.begin;
};

type Dump = { tables: { name: string; columns: string; rows: string }[]; counters: [string, string][] };

/** All rows of a database, as in a dump. */
async function dump(db: Database): Promise<Dump> {
  const found = await db.execute<{ name: string; columns: string }>(sql`
    select c.table_name as name, string_agg(format('%I', c.column_name), ', ') as columns
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' group by 1`);
  const tables: Dump["tables"] = [];
  for (const table of found.rows) {
    const { rows } = await db.execute<{ all: string | null }>(
      sql`select json_agg(t)::text as all from ${sql.identifier(table.name)} t`,
    );
    tables.push({ ...table, rows: rows[0]?.all ?? "[]" });
  }
  const { rows } = await db.execute<{ name: string; last: string }>(
    sql`select sequencename as name, last_value as last from pg_sequences
      where schemaname = 'public' and last_value is not null`,
  );
  return { tables, counters: rows.map(({ name, last }) => [name, last]) };
}

/** Replaces the content of a migrated database without firing triggers, as restoring a dump does. */
async function restore(db: Database, { tables, counters }: Dump): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    for (const { name, columns, rows } of tables) {
      const table = sql.identifier(name);
      await tx.execute(sql`delete from ${table}`);
      await tx.execute(sql`insert into ${table} (${sql.raw(columns)}) overriding system value
        select ${sql.raw(columns)} from json_populate_recordset(null::${table}, ${rows}::json)`);
    }
    for (const [name, last] of counters)
      await tx.execute(sql`select setval(${name}::regclass, ${last}::bigint)`);
  });
}

test("after restoring a dump, or an older copy, readers miss nothing and are notified", async () => {
  const first = await testDatabase();
  const [a, b] = [await aVendor(first), await aVendor(first)];
  await aLocation(first, { gln: sender, supplierId: a.supplierId });
  await aLocation(first, { gln: receiver, supplierId: b.supplierId });
  const mailbox = await anEndpoint(first, { supplierId: b.supplierId });
  await receives(first, receiver, mailbox, [["DIS91", "D9134L"]]);

  const before = [await send(first, a.key), await send(first, a.key)];
  const atDump = await read(first, a.key);
  expect(atDump).toMatchObject({ messages: before, steps: 8 });
  const dumped = await dump(first);

  const folder = await mkdtemp(join(tmpdir(), "sor-restored-"));
  let server: EmbeddedPostgres | undefined;
  let second: Database | undefined;
  const start = async () => {
    server = await startEmbeddedPostgres(folder);
    second = openDatabase(server.url);
    return second;
  };
  const stop = async () => {
    if (second) await closeDatabase(second);
    await server?.stop();
    [second, server] = [undefined, undefined];
  };
  try {
    let db = await start();
    await migrateDatabase(server?.url ?? "");
    await restore(db, dumped);
    // The first database continues for a while: these events are not in the dump.
    await send(first, a.key);
    const ahead = await read(first, a.key, atDump.next);

    // A reader may ask before the first event there: the end of the dump is known already.
    expect(await refusedWith(read(db, a.key, ahead.next))).toBe(atDump.next);
    const after = [await send(db, a.key), await send(db, a.key), await send(db, a.key)];
    const goneOn = await read(db, a.key, atDump.next);
    expect(goneOn).toMatchObject({ messages: after, steps: 12 });
    expect(await read(db, a.key)).toMatchObject({ messages: [...before, ...after], steps: 20 });
    const begin = await refusedWith(read(db, a.key, ahead.next));
    expect(await read(db, a.key, begin)).toEqual(goneOn);
    // The same dump restored in place, while the server is running.
    await restore(first, dumped);
    const insteadOf = await send(first, a.key);
    expect(await read(first, a.key, await refusedWith(read(first, a.key, ahead.next)))).toMatchObject({
      messages: [insteadOf],
    });

    // A copy of the stopped server's files, restored later: nothing in the files shows that time has passed.
    await stop();
    const data = await realpath(join(folder, "postgres"));
    await promisify(execFile)("cp", ["-a", data, `${data}.copy`]);
    db = await start();
    await send(db, a.key);
    const lost = await read(db, a.key, goneOn.next);
    await stop();
    await rm(data, { recursive: true });
    await rename(`${data}.copy`, data);
    db = await start();
    const restored = [await send(db, a.key), await send(db, a.key)];
    expect(await read(db, a.key, goneOn.next)).toMatchObject({ messages: restored });
    const anew = await refusedWith(read(db, a.key, lost.next));
    expect(await read(db, a.key, anew)).toMatchObject({ messages: restored, steps: 8 });
    // A restart that lost nothing changes nothing for readers.
    const kept = await read(db, a.key, anew);
    await stop();
    db = await start();
    const more = await send(db, a.key);
    expect(await read(db, a.key, kept.next)).toMatchObject({ messages: [more], steps: 4 });
  } finally {
    await stop();
    // Started by root, the server runs under another account and its data directory is elsewhere.
    const data = await realpath(join(folder, "postgres"));
    for (const path of [data, `${data}.copy`, folder]) await rm(path, { recursive: true, force: true });
  }
}, 180_000);
