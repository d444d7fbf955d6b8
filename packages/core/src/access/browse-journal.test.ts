import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { appendEntries, JournalQuery } from "../journal/index.ts";
import { aWorldOfVendors } from "../testing/index.ts";
import { browseJournal } from "./browse-journal.ts";

const now = new Date();

test("the journal is read in pages without gap or overlap, by the authority only", async () => {
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

test.each([
  { gln: "' or 1=1" },
  { subjectType: "a; --" },
  { supplierId: "1" },
  { before: "0" },
  { outcome: "x" },
])("the query %j is refused", (query) => {
  expect(JournalQuery.safeParse(query).success).toBe(false);
});
