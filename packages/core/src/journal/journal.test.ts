import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { closeDatabase, type Database, openDatabase } from "../database/index.ts";
import { testDatabaseUrl } from "../testing/index.ts";
import { appendEntries } from "./append.ts";
import { type FollowJournal, followJournal } from "./follow-journal.ts";
import { currentSequence, type JournalEntry, listEntriesAfter } from "./list-entries.ts";
import { verifyJournal } from "./verify-journal.ts";

const writerProgram = fileURLToPath(new URL("../testing/journal-writer.ts", import.meta.url));
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function journal(): Promise<{ url: string; db: Database }> {
  const url = await testDatabaseUrl();
  const db = openDatabase(url);
  ends.push(() => closeDatabase(db));
  return { url, db };
}

async function append(db: Database, count: number): Promise<number> {
  const entry = { action: "test", outcome: "done", subjectType: "test", subjectId: "1" } as const;
  return await db.transaction((tx) =>
    appendEntries(tx, { kind: "system", job: "test" }, new Date(), Array(count).fill(entry)),
  );
}

async function startWriter(url: string, name: string, changes: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [writerProgram, url, name, String(changes)]);
  return Number(stdout);
}

/** A follower that collects, and a promise that is kept when it has come to a number. */
function follow(options: Pick<FollowJournal, "url" | "db"> & Partial<FollowJournal>) {
  const seen: number[] = [];
  const problems: unknown[] = [];
  const waiting: { sequence: number; done: () => void }[] = [];
  const tell = () => {
    for (const { sequence, done } of waiting) if (follower.sequence() >= sequence) done();
  };
  const follower = followJournal({
    after: 0,
    pollSeconds: 3600,
    onEntries: (entries) => {
      seen.push(...entries.map((entry) => entry.sequence));
    },
    onProblem: (error) => problems.push(error),
    onCaughtUp: tell,
    ...options,
  });
  ends.push(follower.stop);
  const reach = (sequence: number) =>
    new Promise<void>((done) => {
      waiting.push({ sequence, done });
      tell();
    });
  return { follower, seen, problems, reach };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("writers in four processes, some of whose changes roll back: readers see each number once and in order", async () => {
  const { url, db } = await journal();
  const writers = Promise.all(upTo(4).map((n) => startWriter(url, `writer-${n}`, 30)));
  const { seen, reach } = follow({ url, db });
  const polled: JournalEntry[] = [];
  let writing = true;
  const finished = writers.finally(() => {
    writing = false;
  });
  let looks = 0;
  while (writing || polled.length < (await currentSequence(db))) {
    const page = await listEntriesAfter(db, polled.at(-1)?.sequence ?? 0, 7);
    polled.push(...page);
    if (writing && page.length > 0) looks += 1;
  }
  const written = (await finished).reduce((sum, count) => sum + count, 0);
  await reach(written);

  expect(await currentSequence(db)).toBe(written);
  expect(written).toBe(4 * 10 * (1 + 2));
  expect(looks).toBeGreaterThan(3);
  expect(polled.map((entry) => entry.sequence)).toEqual(upTo(written));
  expect(seen).toEqual(upTo(written));
  expect(new Set(polled.map((entry) => entry.subjectId)).size).toBe(written);
  expect(await verifyJournal(db)).toMatchObject({ intact: true, entries: written });
}, 60_000);

test("a follower whose connection is ended by the server misses nothing", async () => {
  const { url, db } = await journal();
  const { seen, problems, reach } = follow({ url, db });
  await reach(await append(db, 2));
  const killed = await db.execute(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sor-listen' and datname = current_database()`,
  );
  expect(killed.rowCount).toBe(1);
  await append(db, 3);
  await reach(await append(db, 1));
  expect(seen).toEqual(upTo(6));
  expect(problems.length).toBeGreaterThan(0);
});

test("a follower that hears nothing finds the entries by looking", async () => {
  const { url, db } = await journal();
  const unreachable = new URL(url);
  unreachable.port = "1";
  const { seen, reach } = follow({ url: unreachable.href, db, pollSeconds: 0.05 });
  await reach(await append(db, 3));
  expect(seen).toEqual(upTo(3));
});

test("what a follower could not take is given again, and nothing is skipped or repeated after that", async () => {
  const { url, db } = await journal();
  const taken: number[] = [];
  let refusals = 2;
  const { problems, reach } = follow({
    url,
    db,
    pollSeconds: 0.05,
    onEntries: (entries) => {
      refusals -= 1;
      if (refusals >= 0) throw new Error("not now");
      taken.push(...entries.map((entry) => entry.sequence));
    },
  });
  await reach(await append(db, 3));
  expect(taken).toEqual(upTo(3));
  expect(problems).toHaveLength(2);
});

test("more entries than one batch arrive whole and in order", async () => {
  const { url, db } = await journal();
  await append(db, 2500);
  const { seen, reach } = follow({ url, db, after: 10 });
  await reach(2500);
  expect(seen).toEqual(upTo(2500).slice(10));
});

test("a journal that does not continue after the follower's number is told, not followed", async () => {
  const { url, db } = await journal();
  await append(db, 2);
  const head = await new Promise<number>((onBroken) => {
    follow({ url, db, after: 5, onBroken });
  });
  expect(head).toBe(2);
});

test("an altered, a removed and a re-hashed entry are found, and an untouched journal is intact", async () => {
  const { db } = await journal();
  await append(db, 1200);
  expect(await verifyJournal(db)).toMatchObject({ intact: true, entries: 1200 });
  expect(await verifyJournal(db, 1000, 1100)).toMatchObject({ intact: true, entries: 101 });
  const untouched = sql`update journal_entries set subject_id = '1' where sequence = 1100`;
  await db.execute(sql`update journal_entries set subject_id = '2' where sequence = 1100`);
  expect(await verifyJournal(db)).toEqual({ intact: false, sequence: 1100, why: "altered" });
  await db.execute(untouched);
  await db.execute(sql`update journal_entries set at = at + interval '1 ms' where sequence = 7`);
  expect(await verifyJournal(db)).toEqual({ intact: false, sequence: 7, why: "altered" });
  await db.execute(sql`update journal_entries set at = at - interval '1 ms' where sequence = 7`);
  await db.execute(sql`delete from journal_entries where sequence = 1200`);
  expect(await verifyJournal(db)).toEqual({ intact: false, sequence: 1200, why: "missing" });
});
