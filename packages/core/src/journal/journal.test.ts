import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eq, sql, TransactionRollbackError } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, type Database, openDatabase, type Transaction } from "../database/index.ts";
import type { Actor } from "../permissions/index.ts";
import { testDatabase, testDatabaseUrl } from "../testing/index.ts";
import { appendEntries, chainHash, firstHash, type NewEntry } from "./append.ts";
import { type FollowJournal, followJournal } from "./follow-journal.ts";
import { currentSequence, type JournalEntry, listEntriesAfter } from "./list-entries.ts";
import { journalEntries } from "./tables.ts";
import { type JournalCheck, type JournalQuestion, verifyJournal } from "./verify-journal.ts";

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

/** A follower that collects entries, and a promise that resolves when it has reached a number. */
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

test("writers in four processes, with rollbacks: readers see each number once and in order", async () => {
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
}, 180_000);

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

test("a follower without notices finds the entries by polling", async () => {
  const { url, db } = await journal();
  const unreachable = new URL(url);
  unreachable.port = "1";
  const { seen, reach } = follow({ url: unreachable.href, db, pollSeconds: 0.05 });
  await reach(await append(db, 3));
  expect(seen).toEqual(upTo(3));
});

test("entries that a follower failed to process are given again, without gaps or repetitions after that", async () => {
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

test("more entries than one batch arrive completely and in order", async () => {
  const { url, db } = await journal();
  await append(db, 2500);
  const { seen, reach } = follow({ url, db, after: 10 });
  await reach(2500);
  expect(seen).toEqual(upTo(2500).slice(10));
});

test("a journal that does not continue after the follower's number is reported, not followed", async () => {
  const { url, db } = await journal();
  await append(db, 2);
  const head = await new Promise<number>((onBroken) => {
    follow({ url, db, after: 5, onBroken });
  });
  expect(head).toBe(2);
});

test("a follower whose next entry was removed reports it and gives nothing", async () => {
  const { url, db } = await journal();
  await append(db, 4);
  await db.execute(sql`delete from journal_entries where sequence = 3`);
  const taken: number[] = [];
  const onEntries: FollowJournal["onEntries"] = (entries) => {
    taken.push(...entries.map(({ sequence }) => sequence));
  };
  const head = await new Promise<number>((onBroken) => {
    follow({ url, db, after: 2, onEntries, onBroken });
  });
  expect([head, taken]).toEqual([4, []]);
});

test("an untouched journal is intact, as a whole or in part, and so is an empty one", async () => {
  const { db } = await journal();
  expect(await verifyJournal(db)).toEqual({ intact: true, entries: 0, sequence: 0, hash: firstHash });
  await append(db, 1200);
  const pages: number[] = [];
  const check = await verifyJournal(db, { onPage: (sequence) => pages.push(sequence) });
  expect(check).toMatchObject({ intact: true, entries: 1200, sequence: 1200 });
  expect(pages).toEqual([1000, 1200]);
  expect(await verifyJournal(db, { from: 1000, to: 1100 })).toMatchObject({ intact: true, entries: 101 });
});

/** Rewrites an entry with a correct hash. */
async function forge(tx: Transaction, sequence: number): Promise<void> {
  const ofNumber = async (number: number) =>
    (await tx.select().from(journalEntries).where(eq(journalEntries.sequence, number)))[0];
  const [before, entry] = [await ofNumber(sequence - 1), await ofNumber(sequence)];
  if (!entry) throw new Error("no such entry");
  const forged = { ...entry, subjectId: "2" };
  const hash = chainHash(before?.hash ?? firstHash, forged);
  await tx
    .update(journalEntries)
    .set({ ...forged, hash })
    .where(eq(journalEntries.sequence, sequence));
}

const moveHead = (sequence: number) => sql`update journal_head set sequence = ${sequence},
  hash = (select hash from journal_entries where sequence = ${sequence})`;

describe("four entries with every column in use", () => {
  let db: Database;
  let newest: { sequence: number; hash: string };
  beforeAll(async () => {
    db = await testDatabase();
    const actor = { kind: "user", id: "u", name: "Ida", supplierId: "s" } as unknown as Actor;
    const entry: NewEntry = {
      ...{ action: "a", outcome: "done", subjectType: "t", subjectId: "1", comment: "c" },
      ...{ glns: ["1"], sorIds: ["2"], before: { x: 1 }, after: { y: [1, null] } },
    };
    await db.transaction((tx) => appendEntries(tx, actor, new Date(), Array(4).fill(entry)));
    const check = await verifyJournal(db);
    if (!check.intact) throw new Error("not intact");
    newest = check;
  });

  /** The result of the check after tampering, which is rolled back. */
  async function checkedAfter(work: (tx: Transaction) => Promise<unknown>, question: JournalQuestion = {}) {
    const undone = Promise.withResolvers<JournalCheck>();
    const working = db.transaction(async (tx) => {
      await work(tx);
      undone.resolve(await verifyJournal(tx, question));
      tx.rollback();
    });
    await expect(working).rejects.toThrow(TransactionRollbackError);
    return await undone.promise;
  }

  test.each<[column: string, value: string]>([
    ...[
      ...["actor_kind", "actor_id", "actor_name", "supplier_id", "action"],
      ...["subject_type", "subject_id", "comment"],
    ].map((column): [string, string] => [column, "'x'"]),
    ["outcome", "'refused'"],
    ["at", "at + interval '1 ms'"],
    ["glns", "array['3']"],
    ["sor_ids", "array[]::text[]"],
    ["before", `'{"x": 2}'`],
    ["after", `'{"y": [1]}'`],
    ["hash", "repeat('a', 64)"],
    ["comment", "null"],
    ["supplier_id", "null"],
  ])("a changed %s is detected", async (column, value) => {
    const alter = sql.raw(`update journal_entries set ${column} = ${value} where sequence = 2`);
    const check = await checkedAfter((tx) => tx.execute(alter));
    expect(check).toEqual({ intact: false, sequence: 2, why: "altered" });
  });

  test.each([1, 3, 4])("a removed entry is detected: %d", async (sequence) => {
    const check = await checkedAfter((tx) =>
      tx.execute(sql`delete from journal_entries where sequence = ${sequence}`),
    );
    expect(check).toEqual({ intact: false, sequence, why: "missing" });
  });

  test.each([
    [2, 3],
    [4, 4],
  ])("a changed entry with a recomputed hash is detected: %d, at %d", async (forged, sequence) => {
    const check = await checkedAfter((tx) => forge(tx, forged));
    expect(check).toEqual({ intact: false, sequence, why: "altered" });
  });

  test("entries beyond a head that was set back are detected", async () => {
    const check = await checkedAfter((tx) => tx.execute(moveHead(3)));
    expect(check).toEqual({ intact: false, sequence: 4, why: "beyond the head" });
  });

  test("a completely rewritten journal differs from the anchor, and is detected only by it", async () => {
    const rewrite = async (tx: Transaction) => {
      for (const sequence of [2, 3, 4]) await forge(tx, sequence);
      await tx.execute(moveHead(4));
    };
    expect(await checkedAfter(rewrite)).toMatchObject({ intact: true });
    const noted = { anchor: newest };
    expect(await checkedAfter(rewrite, noted)).toEqual({ intact: false, sequence: 4, why: "not as noted" });
    const goneOn = await checkedAfter((tx) => tx.execute(sql`select`), noted);
    expect(goneOn).toMatchObject({ intact: true });
  });
});
