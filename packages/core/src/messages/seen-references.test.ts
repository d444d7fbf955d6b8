import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { testDatabase, untilLockWaits } from "../testing/index.ts";
import { rememberReferences } from "./seen-references.ts";
import { seenReferences } from "./tables.ts";

const db = await testDatabase();
const parties = { sender: "5790000120420", receiver: "5790000128686" };
const [first, second] = ["0197f000-0000-7000-8000-000000000001", "0197f000-0000-7000-8000-000000000002"];
const remember = (interchangeId: string) =>
  db.transaction((tx) => {
    const letters = ["M1", "M2"].map((reference) => ({
      reference,
      letter: "DIS91",
      messageId: interchangeId,
    }));
    return rememberReferences(tx, parties, { interchangeId, envelope: "E1", messages: letters }, new Date());
  });

test("ids that are forgotten for their age in the moment in which they come again are remembered for the new letter", async () => {
  await remember(first);
  // The statement that finds the old ids does not end before they have been forgotten.
  await db.execute(sql`create function wait() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock(1); return null; end $$`);
  await db.execute(
    sql`create trigger wait after insert on seen_references for each statement execute function wait()`,
  );
  const remembering = await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(1)`);
    const seen = remember(second);
    await untilLockWaits(db, 1);
    await tx.delete(seenReferences);
    return { seen };
  });
  expect((await remembering.seen).envelope).toBeUndefined();
  const kept = await db.select({ of: seenReferences.interchangeId }).from(seenReferences);
  expect(kept).toEqual([{ of: second }, { of: second }, { of: second }]);
});
