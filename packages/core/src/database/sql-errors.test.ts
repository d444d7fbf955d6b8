import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { testDatabase } from "../testing/index.ts";
import { isDatabaseAway, mayPass } from "./sql-errors.ts";

const withCode = (code: string) => Object.assign(new Error("as PostgreSQL says it"), { code });
const inQuery = (cause: Error) => new Error("Failed query", { cause });

test.each([
  ["a connection that is refused", withCode("ECONNREFUSED")],
  ["a server that starts up", withCode("57P03")],
  ["a server that was shut down", withCode("57P01")],
  ["a full disk", withCode("53100")],
  ["too many connections", withCode("53300")],
  ["a file that cannot be written", withCode("58030")],
  ["a standby that only reads", withCode("25006")],
  ["a transaction that stood still", withCode("25P03")],
  [
    "a pooled connection that broke",
    new Error("Client has encountered a connection error and is not queryable"),
  ],
  ["a connection that broke in a statement", new Error("Connection terminated unexpectedly")],
])("%s is temporary: a retry may succeed", (_, error) => {
  expect(isDatabaseAway(error)).toBe(true);
  expect(isDatabaseAway(inQuery(error))).toBe(true);
  expect(mayPass(inQuery(error))).toBe(true);
});

test.each(["40P01", "40001", "57014", "55P03"])(
  "%s does not mean that the database is unreachable, but is temporary",
  (code) => {
    expect(isDatabaseAway(inQuery(withCode(code)))).toBe(false);
    expect(mayPass(inQuery(withCode(code)))).toBe(true);
  },
);

test.each(["23505", "23503", "22001", "42601", "42501", "XX000", "P0001", "25P02"])(
  "%s is permanent: a retry does not help",
  (code) => expect(mayPass(inQuery(withCode(code)))).toBe(false),
);

test("a read-only database is distinguished from a rejected value", async () => {
  const db = await testDatabase();
  const readOnly = db.transaction(async (tx) => {
    await tx.execute(sql`set transaction read only`);
    await tx.execute(sql`create table forbidden ()`);
  });
  await expect(readOnly.catch(isDatabaseAway)).resolves.toBe(true);
  await expect(db.execute(sql`select 1 / 0`).catch(isDatabaseAway)).resolves.toBe(false);
});
