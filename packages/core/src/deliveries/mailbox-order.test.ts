import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { deliveries } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { holdMessage } from "../steering/hold-messages.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabase } from "../testing/index.ts";
import { acknowledgeMailbox, takeFromMailbox } from "./mailboxes.ts";

const now = new Date("2026-03-01T10:00:00Z");
const gatewayParty = "SORGATEWAY";
const reason = "Prøve";
let db: Database;
let counter = 0;
let [sender, other, receiver] = ["", "", ""];
let from: Actor;
let to: Actor;

const as = (actor: Actor, seconds = 0) => createContext(db, actor, new Date(now.getTime() + seconds * 1000));

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b] = [await aVendor(db), await aVendor(db)];
  [from, to] = [a.key, b.key];
  [sender, other, receiver] = [0, 1, 2].map(() => {
    counter += 1;
    return completeGln(`5790006${String(counter).padStart(5, "0")}`);
  }) as [string, string, string];
  for (const gln of [sender, other]) await aLocation(db, { gln, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  const mailbox = await anEndpoint(db, { supplierId: b.supplierId });
  await receives(db, receiver, mailbox, [["DIS91", "D9134L"]]);
  await db.update(endpoints).set({ isOrdered: true }).where(eq(endpoints.id, mailbox));
});

async function send(by = sender): Promise<string> {
  const bytes = anInterchange({ sender: by, receiver });
  const { interchange } = await acceptInterchange(as(from), { bytes, gatewayParty });
  return interchange.messages[0]?.id ?? "";
}

describe("a mailbox of an ordered endpoint", () => {
  const fetch = async (seconds = 0, visibilityTimeoutSeconds = 60) => {
    const entries = await takeFromMailbox(as(to, seconds), {
      gln: receiver,
      limit: 3,
      visibilityTimeoutSeconds,
    });
    return entries.map(({ id, messages }) => ({ id, message: messages[0]?.id }));
  };
  const acknowledge = (entries: { id: string }[], seconds = 0) =>
    acknowledgeMailbox(as(to, seconds), { gln: receiver, ids: entries.map(({ id }) => id) });

  test("gives the next of a line when the one before it has been acknowledged", async () => {
    const [a, b] = [await send(), await send()];
    const c = await send(other);
    const first = await fetch();
    expect(first.map(({ message }) => message)).toEqual([a, c]);
    expect(await fetch()).toEqual([]);
    await acknowledge(first);
    expect((await fetch()).map(({ message }) => message)).toEqual([b]);
    expect((await fetch(61)).map(({ message }) => message)).toEqual([b]);
  });

  test("gives deliveries of unordered endpoints, though more than the limit are queued in a line", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push(await send());
    await holdMessage(as(from), { id: ids[0] ?? "", reason });
    const c = await send(other);
    expect((await fetch(0, 0)).map(({ message }) => message)).toEqual([c]);
  });

  test("gives each line to only one of several readers", async () => {
    for (let n = 0; n < 5; n += 1) {
      await send();
      await send(other);
    }
    const given: string[] = [];
    while (given.length < 10) {
      const rounds = await Promise.all([fetch(), fetch(), fetch()]);
      const entries = rounds.flat();
      expect(entries.length).toBeLessThanOrEqual(2);
      given.push(...entries.map(({ id }) => id));
      await acknowledge(entries);
    }
    const rows = await db.select().from(deliveries).where(eq(deliveries.receiver, receiver));
    const placeOf = new Map(rows.map(({ id, place, sender: by }) => [id, { place, by }]));
    for (const by of [sender, other]) {
      const places = given.map((id) => placeOf.get(id)).flatMap((row) => (row?.by === by ? row.place : []));
      expect(places).toEqual([...places].sort((x, y) => x - y));
    }
  });
});
