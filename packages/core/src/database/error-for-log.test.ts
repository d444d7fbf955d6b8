import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { suppliers } from "../endpoints/tables.ts";
import { testDatabase } from "../testing/index.ts";
import type { Database } from "./index.ts";
import { errorForLog } from "./index.ts";

const secret = "5790000120420";
let db: Database;

beforeAll(async () => {
  db = await testDatabase();
});

async function failureOf(query: Promise<unknown>): Promise<unknown> {
  return await query.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("the values of a failed query are not logged, only the statement and the cause", async () => {
  const row = { id: "0197f000-0000-7000-8000-000000000000", name: secret };
  await db.insert(suppliers).values(row);
  const error = await failureOf(db.insert(suppliers).values(row));
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error)).includes(secret)).toBe(true);
  const logged = errorForLog(error);
  expect(JSON.stringify(logged)).not.toMatch(new RegExp(`${secret}|0197f000`));
  expect(logged.message).toMatch(/^Failed query: insert into "suppliers"/);
  expect(logged.stack).toMatch(/^at /);
  expect(logged.cause).toMatchObject({ code: "23505", message: expect.stringContaining("suppliers_pkey") });
});

test("the value that PostgreSQL quotes as invalid is not logged either", async () => {
  const error = await failureOf(db.execute(sql`select ${secret + secret}::int`));
  const logged = errorForLog(error);
  expect(JSON.stringify(logged)).not.toContain(secret);
  expect(logged.cause?.code).toBe("22003");
});

test("another error keeps its message, its code and its cause", () => {
  const error = Object.assign(new Error("connect failed", { cause: new Error("refused") }), {
    code: "ECONNREFUSED",
    params: [secret],
  });
  expect(errorForLog(error)).toMatchObject({
    type: "Error",
    message: "connect failed",
    code: "ECONNREFUSED",
    cause: { message: "refused" },
  });
  expect(JSON.stringify(errorForLog(error))).not.toContain(secret);
});
