import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { createContext } from "@sor/core";
import {
  closeDatabase,
  type Database,
  type EmbeddedPostgres,
  migrateDatabase,
  openDatabase,
  startThrowawayPostgres,
} from "@sor/core/database";
import { acceptInterchange } from "@sor/core/intake";
import { readInterchangePayload } from "@sor/core/messages";
import type { Actor } from "@sor/core/permissions";
import { countUnrotated } from "@sor/core/retention";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  receives,
  testKeys,
  wrongClock,
} from "@sor/core/testing/records";
import { holdKeyring, readKeyList } from "@sor/core/vault";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { root } from "../root.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const sender = "5790000120420";
const receiver = "5790000128686";
const day = 86_400_000;
const newer = `newer:${Buffer.alloc(32, 3).toString("base64")}`;
let server: EmbeddedPostgres;
let db: Database;
let from: Actor;
/** Every accepted message, by its interchange's id. */
const messages = new Map<string, Buffer>();

const holdKeys = (payload: string) =>
  holdKeyring({
    payload: readKeyList(payload, "PAYLOAD_KEY"),
    index: readKeyList(testKeys.INDEX_KEY, "INDEX_KEY"),
  });

beforeAll(async () => {
  server = await startThrowawayPostgres();
  await migrateDatabase(server.url);
  db = openDatabase(server.url);
  const [sending, receiving] = [await aVendor(db), await aVendor(db)];
  from = sending.key;
  await aLocation(db, { gln: sender, supplierId: sending.supplierId });
  await aLocation(db, { gln: receiver, supplierId: receiving.supplierId });
  const endpoint = await anEndpoint(db, { supplierId: receiving.supplierId });
  await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
});
afterAll(async () => {
  if (db) await closeDatabase(db);
  await server?.stop();
});

async function takeIn(count: number, at: Date): Promise<string[]> {
  const all = Array.from({ length: count }, async () => {
    const bytes = anInterchange({ sender, receiver });
    const submission = { bytes, gatewayParty: "SORGATEWAY" };
    const { interchange } = await acceptInterchange(createContext(db, from, at), submission);
    messages.set(interchange.id, bytes);
    return interchange.id;
  });
  return await Promise.all(all);
}

// Each row is slowed down, so that a kill often hits half-done work.
async function slowed(event: "update" | "delete", milliseconds: number, work: () => Promise<void>) {
  await db.execute(`create or replace function slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(${milliseconds / 1000}); return coalesce(new, old); end $$`);
  await db.execute(`create trigger slow before ${event} on payloads for each row execute function slow()`);
  await work();
  await db.execute("drop trigger slow on payloads");
}

function admin(command: string, env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ["tools/src/admin.ts", command], {
    cwd: root,
    env: { ...process.env, ...testKeys, DATABASE_URL: server.url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
  return { child, output: () => text };
}

async function runToEnd(command: string, env: Record<string, string>): Promise<string> {
  const { child, output } = admin(command, env);
  const [code] = await once(child, "exit");
  expect(code, output()).toBe(0);
  return output();
}

const isAtWork = async () => {
  const { rows } = await db.execute<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and wait_event = 'PgSleep'`,
  );
  return (rows[0]?.count ?? 0) > 0;
};

/** Starts the command and kills it this many milliseconds after it began to change rows. */
async function killedAfter(milliseconds: number, command: string, env: Record<string, string>) {
  const { child, output } = admin(command, env);
  const exited = once(child, "exit");
  while (!(await isAtWork())) {
    if (child.exitCode !== null) throw new Error(`ended by itself:\n${output()}`);
    await pause(5);
  }
  await pause(milliseconds);
  child.kill("SIGKILL");
  const [, signal] = await exited;
  expect(signal, output()).toBe("SIGKILL");
}

// Pseudo-random places, the same in every run.
const placesOf = (seed: number) => [1, 2, 3].map((round) => ((seed * 7919 * round) % 97) * 8);

const someOf = (ids: readonly string[]) => ids.filter((_, index) => index % 8 === 0);

async function expectReadable(ids: Iterable<string>) {
  for (const id of ids) {
    const { bytes } = await readInterchangePayload(createContext(db, from, new Date()), { id });
    expect(bytes.equals(messages.get(id) ?? Buffer.alloc(0))).toBe(true);
  }
}

test("a rekeying command that is killed and run again leaves every message readable under the new key alone", async () => {
  const ids = await takeIn(620, new Date());
  // Some from before content was encrypted: named by the plain digest, without a key.
  for (const id of ids.slice(0, 30)) {
    const bytes = messages.get(id) ?? Buffer.alloc(0);
    const plain = createHash("sha256").update(bytes).digest("hex");
    const named = `(select payload_sha256 from interchanges where id = $1)`;
    const change = async (text: string, more: unknown[]) => await db.$client.query(text, [id, ...more]);
    await change(
      `update payloads set sha256 = $2, bytes = $3, master_key_id = null, wrapped_key = null where sha256 = ${named}`,
      [plain, bytes],
    );
    await change("update deliveries set payload_sha256 = $2 where interchange_id = $1", [plain]);
    await change("update interchanges set payload_sha256 = $2 where id = $1", [plain]);
  }
  const keys = { PAYLOAD_KEY: `${newer} ${testKeys.PAYLOAD_KEY}` };
  await slowed("update", 2, async () => {
    for (const milliseconds of placesOf(3)) {
      await killedAfter(milliseconds, "rotate-keys", keys);
      holdKeys(keys.PAYLOAD_KEY);
      await expectReadable(someOf(ids));
    }
  });
  await slowed("delete", 20, async () => {
    await killedAfter(300, "rotate-keys", keys);
    await expectReadable(someOf(ids));
  });
  // Rows locked by another process, such as one that was just killed, are waited for.
  const other = await db.$client.connect();
  await other.query("begin");
  const held = await other.query(
    "select from payloads where master_key_id is distinct from 'newer' limit 1 for update",
  );
  expect(held.rowCount).toBe(1);
  const last = runToEnd("rotate-keys", keys);
  const isWaiting =
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  while ((await db.execute(isWaiting)).rows.length === 0) await pause(20);
  await other.query("rollback");
  other.release();
  expect(await last).toContain("Everything is under the newest key, newer. No payload needs test any more.");
  holdKeys(newer);
  await expectReadable(ids);
  expect(await countUnrotated(createContext(db, { kind: "system", job: "test" }, new Date()))).toBe(0);
  const { rows } = await db.execute<{ of: string; count: number }>(
    `select 'payloads' as of, count(*)::int from payloads
     union all select 'named by nobody', count(*)::int from payloads p
       where not exists (select from interchanges i where i.payload_sha256 = p.sha256)
     union all select 'deliveries without', count(*)::int from deliveries d
       where not exists (select from payloads p where p.sha256 = d.payload_sha256)`,
  );
  expect(Object.fromEntries(rows.map(({ of, count }) => [of, count]))).toEqual({
    payloads: ids.length,
    "named by nobody": 0,
    "deliveries without": 0,
  });
});

test("a pruning command that is killed and run again removes only expired data, and one report covers all of it", async () => {
  holdKeys(testKeys.PAYLOAD_KEY);
  await db.execute(
    "truncate interchanges, deliveries, messages, payloads, message_events, prune_runs cascade",
  );
  messages.clear();
  const old = new Date(Date.now() - 100 * day);
  const due = await takeIn(620, old);
  const [undelivered, fresh] = [await takeIn(30, old), await takeIn(30, new Date())];
  await db.execute("update deliveries set state = 'done'");
  await db.execute("update messages set state = 'delivered'");
  const isIn = "interchange_id = any($1::uuid[])";
  await db.$client.query(`update deliveries set state = 'waiting' where ${isIn}`, [undelivered]);
  await db.$client.query(`update messages set state = 'queued' where ${isIn}`, [undelivered]);
  const kept = [...undelivered, ...fresh];
  const counts = async () => {
    const { rows } = await db.execute<{ pruned: number; left: number; half: number }>(
      `select count(*) filter (where payload_pruned_at is not null)::int as pruned,
         (select count(*)::int from payloads) as left,
         count(*) filter (where (payload_pruned_at is null) <> exists
           (select from payloads p where p.sha256 = i.payload_sha256))::int as half
       from interchanges i`,
    );
    return rows[0];
  };
  const astray = admin("prune", wrongClock(200 * 86_400, "start"));
  expect((await once(astray.child, "exit"))[0]).toBe(1);
  expect(astray.output()).toMatch(/clock is 17\d{6} seconds ahead/);
  expect(await counts()).toMatchObject({ pruned: 0, half: 0 });
  await slowed("delete", 2, async () => {
    for (const milliseconds of placesOf(5)) {
      await killedAfter(milliseconds, "prune", {});
      expect(await counts()).toMatchObject({ half: 0 });
      await expectReadable(kept);
    }
  });
  // A killed process ends only once the database has noticed: until then the next run leaves the work to it.
  let output = "";
  do output = await runToEnd("prune", {});
  while (output.includes("Another process"));
  expect(output).toMatch(
    /^payloads: 620 from before \S+ are removed \(\d+ bytes\), certificate [0-9a-f]{64}$/m,
  );
  expect(output).toMatch(/^messages: nothing was left from before \S+$/m);
  expect(await counts()).toEqual({ pruned: due.length, left: kept.length, half: 0 });
  await expectReadable(kept);
  const { rows } = await db.execute(
    "select kind, outcome, sum(removed)::int as removed from prune_runs group by kind, outcome order by kind",
  );
  expect(rows).toContainEqual({ kind: "payloads", outcome: "done", removed: due.length });
  expect(rows.filter(({ outcome }) => outcome !== "done")).toEqual([]);
});
