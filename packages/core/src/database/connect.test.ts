import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { testDatabaseUrl } from "../testing/index.ts";
import { closeDatabase, openDatabase } from "./connect.ts";

test("a connection that breaks between two statements of a transaction fails the transaction, not the process", async () => {
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
    // Until the server has closed the socket, which the second statement would otherwise find out for itself.
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
