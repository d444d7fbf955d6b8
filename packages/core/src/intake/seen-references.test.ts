import type { InterchangeEnvelope } from "@sor/edi";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { readSingleEnvelope } from "../messages/read-single-envelope.ts";
import { seenReferences } from "../messages/tables.ts";
import { anInterchange, testDatabase, untilLockWaits } from "../testing/index.ts";
import { findSeen, rememberReferences, seenOfMessages } from "./seen-references.ts";

const db = await testDatabase();
const [first, second] = ["0197f000-0000-7000-8000-000000000001", "0197f000-0000-7000-8000-000000000002"];

/** An EDIFACT interchange between two parties. */
function between(sender: string, receiver: string): InterchangeEnvelope {
  const messages = ["M1", "M2"].map((reference) => ({ reference }));
  return readSingleEnvelope(anInterchange({ sender, receiver, reference: "E1", messages })).envelope;
}

const own = between("5790000120420", "5790000128686");
const remember = (id: string, envelope = own) =>
  db.transaction((tx) => rememberReferences(tx, envelope, { id, messageIds: [id, id] }, new Date()));

test("ids that are pruned while they are being repeated are stored for the new message", async () => {
  await remember(first);
  // The trigger makes the statement that finds the old ids wait until they have been pruned.
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

test("the same ids to another receiver, or in another form, are new; even where nothing is stored", async () => {
  const seenOf = async (envelope: InterchangeEnvelope) =>
    seenOfMessages(await findSeen(db, envelope), envelope);
  const seen = { envelope: "seen", messages: ["seen", "seen"] };
  await remember(first);
  expect(await seenOf(own)).toEqual(seen);
  const elsewhere = between("5790000120420", "5790000120413");
  const unseen = { envelope: "new", messages: ["new", "new"] };
  expect(await seenOf(elsewhere)).toEqual(unseen);
  const form = "VANSEnvelope" as const;
  // The form is part of the envelope id's key; a message id counts across forms.
  expect(await seenOf({ ...own, form })).toEqual({ ...seen, envelope: "new" });
  const other = { ...elsewhere, messages: [...own.messages, { ...own.messages[0], reference: "M3" }] };
  await remember(second, other as InterchangeEnvelope);
  expect(await seenOf({ ...own, messages: other.messages } as InterchangeEnvelope)).toEqual({
    envelope: "seen",
    messages: ["seen", "seen", "new"],
  });
});
