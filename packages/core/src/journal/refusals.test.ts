import { beforeEach, expect, test } from "vitest";
import { change, createContext, unchanged, work } from "../context.ts";
import { closeDatabase, type Database, openDatabase } from "../database/index.ts";
import { aVendor, testDatabaseUrl } from "../testing/index.ts";
import { listJournal } from "./list-entries.ts";
import { verifyJournal } from "./verify-journal.ts";

const start = new Date("2026-03-01T10:00:00Z");
let url: string;
let db: Database;
let vendor: Awaited<ReturnType<typeof aVendor>>;

beforeEach(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  vendor = await aVendor(db);
});

/** Requests something the key has no permission for, with `id` as the subject. */
async function ask(id: string, seconds = 0, actor = vendor.key): Promise<void> {
  const ctx = createContext(db, actor, new Date(start.getTime() + seconds * 1000));
  const subject = { type: "notice" as const, id, glns: ["5790000120420"] };
  const asked = change(ctx, { action: "notice.edit", subject }, async () => unchanged(1));
  await expect(asked).rejects.toMatchObject({ code: "not-allowed" });
}

const rows = async (from = db) =>
  (await listJournal(from, { limit: 100 }))
    .reverse()
    .map(({ subjectId, glns, after }) => [
      subjectId,
      glns.length,
      (after as { furtherRefusals?: number } | null)?.furtherRefusals,
    ]);

test("the first subjects of a minute are named, and a hundred refusals give a few entries with their number", async () => {
  for (let count = 0; count < 60; count += 1) await ask("a", 1);
  for (let count = 0; count < 40; count += 1) await ask(`b${count}`, 2);
  const named = ["a", "b0", "b1", "b2", "b3"].map((id) => [id, 1, undefined]);
  expect(await rows()).toEqual(named);
  // The first refusal of the next minute writes the previous count.
  await ask("c", 61);
  expect(await rows()).toEqual([...named, ["b39", 0, 95], ["c", 1, undefined]]);
  await closeDatabase(db);
});

test("another action, and another actor, is named; a program that ends writes its counts", async () => {
  const other = await aVendor(db);
  await ask("a");
  await Promise.all([ask("a"), ask("a"), ask("a", 0, other.key)]);
  await closeDatabase(db);
  const again = openDatabase(url);
  const written = await rows(again);
  expect(written.slice(0, 2)).toEqual([
    ["a", 1, undefined],
    ["a", 1, undefined],
  ]);
  expect(written.slice(2)).toEqual([["a", 0, 2]]);
  expect(await verifyJournal(again)).toMatchObject({ intact: true, entries: 3 });
  await closeDatabase(again);
});

test("internal writes are for the system only: anybody else is refused, and nothing is written", async () => {
  const write = async () => {
    throw new Error("must not be reached");
  };
  const asked = work(createContext(db, vendor.key, start), write);
  await expect(asked).rejects.toMatchObject({ code: "not-allowed" });
  expect(await rows()).toEqual([["jobs", 0, undefined]]);
});
