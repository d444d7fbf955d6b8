import { expect, test } from "vitest";
import { asProgram, testDatabaseUrl } from "../testing/index.ts";
import { closeDatabase, openDatabase } from "./connect.ts";

test("the role of the programs reads and writes rows, but changes neither schema, roles nor the journal", async () => {
  const db = openDatabase(asProgram(await testDatabaseUrl()));
  const refused = async (statement: string) => {
    const code = await db.$client.query(statement).then(
      () => "done",
      ({ code: state }: { code: string }) => state,
    );
    return code;
  };
  const { rows } = await db.$client.query(
    "select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user",
  );
  expect(rows).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false }]);
  await db.$client.query("select count(*) from journal_entries");
  await db.$client.query("update journal_head set sequence = sequence");
  for (const statement of [
    "update journal_entries set at = now()",
    "delete from journal_entries",
    "truncate journal_entries",
    "drop table journal_entries",
    "alter table journal_entries disable trigger all",
    "create table public.mine (id integer)",
    "create role other superuser",
    "copy journal_entries to program 'true'",
    "select pg_read_file('PG_VERSION')",
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 1)",
  ]) {
    expect([statement, await refused(statement)]).toEqual([statement, "42501"]);
  }
  await closeDatabase(db);
});
