import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { testDatabaseUrl } from "../testing/index.ts";
import { closeDatabase, openDatabase } from "./connect.ts";
import { mayPass } from "./sql-errors.ts";

test("a connection lost between two statements of a transaction fails the transaction, not the process", async () => {
  const url = await testDatabaseUrl();
  const [db, other] = [openDatabase(url), openDatabase(url)];
  let uncaught = 0;
  const count = () => {
    uncaught += 1;
  };
  process.on("uncaughtException", count);
  const broken = db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await other.execute(sql`select pg_terminate_backend(${rows[0]?.pid}::int)`);
    // Wait until the server has closed the socket, so that the loss is not first detected by the second statement.
    await expect
      .poll(async () => {
        const alive = await other.execute(
          sql`select 1 from pg_stat_activity where pid = ${rows[0]?.pid}::int`,
        );
        return alive.rows.length;
      })
      .toBe(0);
    await tx.execute(sql`select 1`);
  });
  await expect(broken).rejects.toThrow();
  const { rows } = await db.execute<{ one: number }>(sql`select 1 as one`);
  expect(rows).toEqual([{ one: 1 }]);
  process.off("uncaughtException", count);
  expect(uncaught).toBe(0);
  await Promise.all([closeDatabase(db), closeDatabase(other)]);
});

test("a process that hangs in a transaction does not block the others forever, and its transaction fails", async () => {
  const url = await testDatabaseUrl();
  const [standing, other] = [openDatabase(url, { standstillSeconds: 1 }), openDatabase(url)];
  await other.execute(sql`create table head (number integer)`);
  await other.execute(sql`insert into head values (1)`);
  const broken = standing.transaction(async (tx) => {
    await tx.execute(sql`update head set number = 2`);
    // Waits until PostgreSQL has ended the idle transaction.
    await other.execute(sql`update head set number = number + 10`);
    await tx.execute(sql`select 1`);
  });
  await expect(broken.catch(mayPass)).resolves.toBe(true);
  expect((await other.execute(sql`select number from head`)).rows).toEqual([{ number: 11 }]);
  await Promise.all([closeDatabase(standing), closeDatabase(other)]);
});

test("every connection has that limit", async () => {
  const db = openDatabase(await testDatabaseUrl());
  const { rows } = await db.execute(sql`show idle_in_transaction_session_timeout`);
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: "1min" }]);
  await closeDatabase(db);
});
