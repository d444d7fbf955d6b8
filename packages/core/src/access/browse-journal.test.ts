import { type SQL, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { appendEntries, currentSequence, JournalQuery } from "../journal/index.ts";
import { aWorldOfVendors } from "../testing/index.ts";
import { browseJournal } from "./browse-journal.ts";

const now = new Date();

test("the journal is read in pages without gaps or overlaps, by the authority only", async () => {
  const { db, authority, admin } = await aWorldOfVendors(now);
  const entries = Array.from({ length: 120 }, (_, n) => ({
    action: "location.edit",
    outcome: n % 40 === 0 ? ("refused" as const) : ("done" as const),
    subjectType: "location",
    subjectId: String(n),
    glns: n < 3 ? ["5790000123117"] : [],
  }));
  await db.transaction((tx) => appendEntries(tx, { kind: "system", job: "test" }, now, entries));
  const seen: number[] = [];
  let before: number | undefined;
  do {
    const page = await browseJournal(authority.ctx, { before });
    seen.push(...page.entries.map((entry) => entry.sequence));
    before = page.next ?? undefined;
  } while (before !== undefined);
  expect(seen).toEqual(Array.from({ length: 120 }, (_, n) => 120 - n));
  expect((await browseJournal(authority.ctx, { outcome: "refused" })).entries).toHaveLength(3);
  expect(
    (await browseJournal(authority.ctx, JournalQuery.parse({ gln: "5790000123117" }))).entries,
  ).toHaveLength(3);
  await expect(browseJournal(admin.ctx, {})).rejects.toMatchObject({ code: "not-allowed" });
  const anonymous = createContext(db, { kind: "anonymous" }, now);
  await expect(browseJournal(anonymous, {})).rejects.toMatchObject({ code: "not-signed-in" });
});

test("the journal is filtered by Danish days, name prefix and action, each using an index", async () => {
  const { db, authority } = await aWorldOfVendors(now);
  const start = await currentSequence(db);
  const write = (job: string, at: string, action: string) =>
    db.transaction((tx) =>
      appendEntries(tx, { kind: "system", job }, new Date(at), [
        { action, outcome: "done", subjectType: "unit", subjectId: "1" },
      ]),
    );
  await write("Åse_1", "2026-02-28T22:59:59Z", "unit.edit");
  await write("Åse_1", "2026-02-28T23:00:00Z", "key.edit");
  await write("ÅseX", "2026-03-01T22:59:59Z", "unit.edit");
  await write("Bo", "2026-03-01T23:00:00Z", "login");
  const found = async (query: object) =>
    (await browseJournal(authority.ctx, JournalQuery.parse(query))).entries
      .map(({ sequence }) => sequence - start)
      .filter((number) => number > 0)
      .toReversed();
  expect(await found({ fromDay: "01-03-2026", toDay: "1.3.2026" })).toEqual([2, 3]);
  expect(await found({ who: "åse", fromDay: "2026-02-01" })).toEqual([1, 2, 3]);
  expect(await found({ who: "ÅSE_" })).toEqual([1, 2]);
  expect(await found({ who: "%" })).toEqual([]);
  expect(await found({ action: "key.edit" })).toEqual([2]);
  const planOf = async (condition: SQL) => {
    const rows = await db.transaction(async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`);
      return await tx.execute(sql`explain select * from journal_entries where ${condition}`);
    });
    return JSON.stringify(rows.rows);
  };
  expect(await planOf(sql`action = 'login'`)).toContain("journal_entries_action");
  expect(await planOf(sql`lower(actor_name) like lower('Å') || '%'`)).toContain("journal_entries_actor_name");
  expect(await planOf(sql`at >= '2026-03-01'`)).toContain("journal_entries_at");
});

test.each([
  { gln: "' or 1=1" },
  { subjectType: "a; --" },
  { supplierId: "1" },
  { before: "0" },
  { outcome: "x" },
  { action: "registration" },
  { fromDay: "31-02-2026" },
])("the query %j is refused", (query) => {
  expect(JournalQuery.safeParse(query).success).toBe(false);
});
