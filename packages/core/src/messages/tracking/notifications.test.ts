import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inArray } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { createContext } from "../../context.ts";
import { type Database, openDatabase } from "../../database/index.ts";
import { completeGln } from "../../identifiers/index.ts";
import type { Actor } from "../../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  feedSettled,
  receives,
  testDatabaseUrl,
} from "../../testing/index.ts";
import { acceptInterchange } from "../accept-interchange.ts";
import { acknowledgeMailbox, takeFromMailbox } from "../mailboxes.ts";
import { messageEvents } from "../tables.ts";
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

async function send(wait: "settled" | "at-once" = "settled"): Promise<string> {
  const bytes = anInterchange({ sender, receiver });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty: "SORGATEWAY" });
  if (wait === "settled") await feedSettled(db);
  return interchange.messages[0]?.id ?? "";
}

/** Everything of the feed from an offset to its end, page by page. */
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
  test("tells both sides every step of their messages, in order, and nobody else", async () => {
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

  test("of a mailbox tells what came to wait in it, to who may read it", async () => {
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

  test("shows nothing of a transaction while an older one is open, and then both", async () => {
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
    await send("at-once");
    const before = await readAll(from, start);
    older.resolve();
    await late;
    await feedSettled(db);
    const after = await readAll(from, before.next);
    expect(before.items.filter(({ event }) => event === "taken-in").length).toBe(1);
    expect(after.items.map(({ event }) => event)).toEqual([
      ...["duplicate-received", "taken-in", "found-valid", "found-route", "queued"],
    ]);
  });

  test("misses nothing and tells nothing twice while processes write, and undo, at the same time", async () => {
    const ids = [await send(), await send(), await send()];
    const start = await readFeedHead(ctx(from));
    const program = fileURLToPath(new URL("../../testing/feed-writer.ts", import.meta.url));
    let isOver = false;
    const writers = Promise.all(
      ids.map((id, at) => run(process.execPath, [program, url, id, "40", String(at + 1)])),
    ).finally(() => {
      isOver = true;
    });
    const read: number[] = [];
    let after = start;
    const seen: string[] = [];
    const look = async () => {
      const page = await readAll(from, after, 5);
      after = page.next;
      seen.push(...page.items.map(({ offset }) => offset));
    };
    while (!isOver) await look();
    const committed = (await writers).flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    await feedSettled(db);
    await look();
    const rows = await db
      .select({ id: messageEvents.id, detail: messageEvents.detail })
      .from(messageEvents)
      .where(inArray(messageEvents.messageId, ids));
    const marks = rows.flatMap(({ detail }) => (detail?.case ? [String(detail.case).split(" ")[0]] : []));
    expect(new Set(marks)).toEqual(new Set(committed));
    const offsets = seen.map(
      (offset) => JSON.parse(Buffer.from(offset, "base64url").toString()) as [string, number],
    );
    read.push(...offsets.map(([, id]) => id));
    const expected = rows.filter(({ detail }) => detail?.case).map(({ id }) => id);
    expect(read.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
    expect(committed.length).toBe(81);
  }, 60_000);
});
