import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { testDatabase } from "./index.ts";

test("two test databases share nothing and hold every table", async () => {
  const [first, second] = await Promise.all([testDatabase(), testDatabase()]);
  const tables = sql`select count(*)::int as tables from information_schema.tables where table_schema = 'public'`;
  const before = await second.execute<{ tables: number }>(tables);
  await first.execute(sql`create table only_here (id int)`);
  expect((await second.execute<{ tables: number }>(tables)).rows).toEqual(before.rows);
  expect(before.rows[0]?.tables).toBeGreaterThan(0);
});

test("Danish text sorts and folds as Danish", async () => {
  const db = await testDatabase();
  const sorted = await db.execute<{ name: string }>(
    sql`select name from (values ('Aarhus'), ('Århus'), ('Zealand'), ('Ærø'), ('Bornholm'), ('Ørsted')) as t(name) order by name`,
  );
  expect(sorted.rows.map((row) => row.name)).toEqual([
    "Bornholm",
    "Zealand",
    "Ærø",
    "Ørsted",
    "Århus",
    "Aarhus",
  ]);
  const folded = await db.execute<{ low: string }>(sql`select lower('SØNDERÅ ÆRØ') as low`);
  expect(folded.rows[0]?.low).toBe("sønderå ærø");
});
