import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eq, inArray, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, openDatabase } from "../database/index.ts";
import { acknowledgeMailbox, takeFromMailbox } from "../deliveries/mailboxes.ts";
import { numberEvents } from "../feed/number-events.ts";
import { feedEntries } from "../feed/tables.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { messageEvents } from "../messages/tables.ts";
import { encodeCursor } from "../paging.ts";
import type { Actor } from "../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  feedSettled,
  receives,
  testDatabaseUrl,
} from "../testing/index.ts";
import { readFeedHead, readMailboxNotices, readNotifications } from "./notifications.ts";

const run = promisify(execFile);
const now = new Date("2026-03-01T10:00:00Z");
const sender = completeGln("579000700001");
const receiver = completeGln("579000700002");
let url: string;
let db: Database;
let from: Actor;
let to: Actor;
let stranger: Actor;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [a.key, b.key, c.key];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const mailbox = await anEndpoint(db, { supplierId: b.supplierId });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
  return async () => await db.$client.end();
});

async function send(): Promise<string> {
  const bytes = anInterchange({ sender, receiver });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty: "SORGATEWAY" });
  await feedSettled(db);
  return interchange.messages[0]?.id ?? "";
}

const partsOf = (offset: string) =>
  JSON.parse(Buffer.from(offset, "base64url").toString()) as [number, number];
const sequenceOf = (offset: string) => partsOf(offset)[1];

/** The whole feed from an offset to its end, page by page. */
async function readAll(actor: Actor, after?: string, limit = 7) {
  const items = [];
  let page = await readNotifications(ctx(actor), { after, limit });
  items.push(...page.items);
  while (!page.isEnd) {
    page = await readNotifications(ctx(actor), { after: page.next, limit });
    items.push(...page.items);
  }
  return { items, next: page.next };
}

describe("the feed", () => {
  test("has every event of a message for both sides, in order, and for nobody else", async () => {
    const start = await readFeedHead(ctx(from));
    const id = await send();
    const [entry] = await takeFromMailbox(ctx(to), { gln: receiver, limit: 1, visibilityTimeoutSeconds: 60 });
    await acknowledgeMailbox(ctx(to), { gln: receiver, ids: [entry?.id ?? ""] });
    await feedSettled(db);
    const steps = ["taken-in", "found-valid", "found-route", "queued", "taken", "delivered"];
    for (const actor of [from, to]) {
      const { items } = await readAll(actor, start, 4);
      expect(items.map(({ event }) => event)).toEqual(steps);
      expect(new Set(items.map(({ messageId }) => messageId))).toEqual(new Set([id]));
      const third = items[2]?.offset;
      expect((await readAll(actor, third)).items.map(({ event }) => event)).toEqual(steps.slice(3));
    }
    const theirs = await readAll(stranger);
    expect(theirs.items).toEqual([]);
    expect(theirs.next).toBe(await readFeedHead(ctx(stranger)));
    await expect(readNotifications(ctx(from), { after: "nonsense", limit: 1 })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  test("of a mailbox lists its new deliveries, for those who may read it", async () => {
    const start = await readFeedHead(ctx(to));
    const id = await send();
    const { items } = await readMailboxNotices(ctx(to), { gln: receiver, after: start, limit: 10 });
    expect(items).toMatchObject([{ messageId: id, event: "queued", to: "queued" }]);
    expect((await readMailboxNotices(ctx(from), { gln: sender, after: start, limit: 10 })).items).toEqual([]);
    for (const actor of [from, stranger]) {
      const asked = readMailboxNotices(ctx(actor), { gln: receiver, limit: 10 });
      await expect(asked).rejects.toMatchObject({ code: "not-allowed" });
    }
  });

  test("is not blocked by open transactions, and lists their events when they are committed", async () => {
    const start = await readFeedHead(ctx(from));
    const older = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const id = await send();
    const late = db.transaction(async (tx) => {
      await tx.insert(messageEvents).values({
        ...{ messageId: id, at: now, event: "duplicate-received", toState: "queued", actorKind: "system" },
      });
      began.resolve();
      await older.promise;
    });
    await began.promise;
    const second = await send();
    const before = await readAll(from, start);
    older.resolve();
    await late;
    await feedSettled(db);
    const after = await readAll(from, before.next);
    const takenIn = before.items.filter(({ event }) => event === "taken-in");
    expect(takenIn.map(({ messageId }) => messageId)).toEqual([id, second]);
    expect(after.items.map(({ event }) => event)).toEqual(["duplicate-received"]);
  });

  test("begins with the oldest event kept, or from now, and refuses offsets of another history", async () => {
    await send();
    const all = await readAll(from);
    expect(await readAll(from, "0")).toEqual(all);
    const latest = await readNotifications(ctx(from), { after: "latest", limit: 5 });
    expect(latest).toEqual({ items: [], next: all.next, isEnd: true });
    const [epoch, last] = partsOf(all.next);
    for (const offset of [
      [epoch, last + 1],
      [epoch + 1, last],
    ]) {
      const asked = readNotifications(ctx(from), { after: encodeCursor(offset), limit: 5 });
      await expect(asked).rejects.toMatchObject({ code: "gone", details: { fault: "offset-gone" } });
    }
  });

  test("continues after offsets of earlier versions", async () => {
    await send();
    const all = await readAll(from);
    const third = all.items[2];
    const sequence = sequenceOf(third?.offset ?? "");
    const { rows } = await db.execute<{ xid: string; id: string }>(
      sql`select e.xid, e.id from feed_entries f join message_events e on e.id = f.event_id where f.sequence = ${sequence}`,
    );
    const { xid, id } = rows[0] ?? { xid: "", id: "" };
    const rest = await readAll(from, encodeCursor([xid, Number(id)]));
    expect(rest.items).toEqual(all.items.slice(3));
    expect((await readAll(from, encodeCursor(["0", 0]))).items).toEqual(all.items);
    const unknown = readNotifications(ctx(from), { after: encodeCursor(["1", Number(id)]), limit: 5 });
    await expect(unknown).rejects.toMatchObject({ code: "gone", details: { begin: "0" } });
  });

  test("misses and repeats nothing while processes commit and roll back concurrently", async () => {
    const ids = [await send(), await send(), await send()];
    const start = await readFeedHead(ctx(from));
    const program = fileURLToPath(new URL("../testing/feed-writer.ts", import.meta.url));
    let isOver = false;
    const writers = Promise.all(
      ids.map((id, at) => run(process.execPath, [program, url, id, "40", String(at + 1)])),
    ).finally(() => {
      isOver = true;
    });
    const keepNumbering = async () => {
      while (!isOver) await numberEvents(ctx({ kind: "system", job: "feed" }));
    };
    const numbering = Promise.all([keepNumbering(), keepNumbering(), keepNumbering()]);
    let after = start;
    const seen: string[] = [];
    const look = async () => {
      const page = await readAll(from, after, 5);
      after = page.next;
      seen.push(...page.items.map(({ offset }) => offset));
    };
    while (!isOver) await look();
    const committed = (await writers).flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    await numbering;
    await feedSettled(db);
    await look();
    const rows = await db
      .select({ detail: messageEvents.detail, sequence: feedEntries.sequence })
      .from(messageEvents)
      .innerJoin(feedEntries, eq(feedEntries.eventId, messageEvents.id))
      .where(inArray(messageEvents.messageId, ids));
    const marked = rows.filter(({ detail }) => detail?.case);
    expect(new Set(marked.map(({ detail }) => String(detail?.case).split(" ")[0]))).toEqual(
      new Set(committed),
    );
    const read = seen.map((offset) => sequenceOf(offset));
    expect(read).toEqual(marked.map(({ sequence }) => sequence).toSorted((a, b) => a - b));
    const first = sequenceOf(start) + 1;
    expect(read).toEqual(read.map((_, at) => first + at));
    expect(committed.length).toBe(81);
  }, 60_000);
});
