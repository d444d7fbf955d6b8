import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../../context.ts";
import type { Database } from "../../database/index.ts";
import { completeGln } from "../../identifiers/index.ts";
import type { Actor } from "../../permissions/index.ts";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  aVendor,
  receives,
  testDatabase,
} from "../../testing/index.ts";
import { acceptInterchange } from "../accept-interchange.ts";
import { getMessage } from "../read-messages.ts";
import { holdMessage, releaseMessage } from "../tracking/hold-messages.ts";
import { approveRelease, declineRelease, listApprovals } from "./approvals.ts";

const now = new Date("2026-03-01T10:00:00Z");
const reason = "gennemgået";
let db: Database;
let counter = 0;
let from: Actor;
let to: Actor;
let stranger: Actor;
let id: string;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b, c] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  [from, to, stranger] = [a.key, b.key, c.key];
  const [sender, receiver] = [0, 1].map(() => {
    counter += 1;
    return completeGln(`5790006${String(counter).padStart(5, "0")}`);
  }) as [string, string];
  await aLocation(db, { gln: sender, supplierId: a.supplierId });
  await aLocation(db, { gln: receiver, supplierId: b.supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId: b.supplierId }), [["DIS91", "D9134L"]]);
  const bytes = anInterchange({ sender, receiver, letters: [{ reference: "M1" }, { reference: "M2" }] });
  const { interchange } = await acceptInterchange(ctx(from), { bytes, gatewayParty: "SORGATEWAY" });
  id = interchange.messages[0]?.id ?? "";
  await holdMessage(ctx(to), { id, reason: "ser forkert ud", takesTwo: true });
});

const seenBy = async (actor: Actor) =>
  (await listApprovals(ctx(actor))).map(({ message, waitsFor, isOwnRequest }) => [
    message.id,
    waitsFor,
    isOwnRequest,
  ]);

test("a letter that takes two waits for a first, then for a second who is another, and goes", async () => {
  expect(await seenBy(from)).toEqual([[id, "first", false]]);
  await expect(approveRelease(ctx(from), { id, reason })).rejects.toMatchObject({
    details: { fault: "nothing-to-approve" },
  });
  expect(await releaseMessage(ctx(to), { id, reason })).toMatchObject({ isReleased: false });
  expect(await seenBy(to)).toEqual([[id, "second", true]]);
  expect(await seenBy(from)).toEqual([[id, "second", false]]);
  await expect(approveRelease(ctx(to), { id, reason })).rejects.toMatchObject({
    details: { fault: "second-person-needed" },
  });
  expect(await approveRelease(ctx(from), { id, reason })).toMatchObject({ isReleased: true });
  expect(await seenBy(from)).toEqual([]);
  expect((await getMessage(ctx(from), { id })).state).toBe("queued");
});

test("after a no the letter stays, and two must ask again", async () => {
  await expect(declineRelease(ctx(from), { id, reason })).rejects.toMatchObject({
    details: { fault: "nothing-to-approve" },
  });
  await releaseMessage(ctx(to), { id, reason });
  expect(await declineRelease(ctx(from), { id, reason: "stadig forkert" })).toMatchObject({
    ...{ isReleased: false, state: "held" },
  });
  expect(await seenBy(from)).toEqual([[id, "first", false]]);
  expect(await releaseMessage(ctx(from), { id, reason })).toMatchObject({ isReleased: false });
  expect(await approveRelease(ctx(to), { id, reason })).toMatchObject({ isReleased: true });
});

test("who is to say yes sees why it is held and who asked, where their own side wrote it", async () => {
  const told = async (actor: Actor) => {
    const [{ heldFor, askedFor, askedBy } = {}] = await listApprovals(ctx(actor));
    return [heldFor, askedFor, askedBy];
  };
  expect(await told(to)).toEqual(["ser forkert ud", null, null]);
  await releaseMessage(ctx(to), { id, reason: "set igennem" });
  expect(await told(to)).toEqual(["ser forkert ud", "set igennem", (to as { name: string }).name]);
  expect(await told(from)).toEqual([null, null, null]);
  await declineRelease(ctx(to), { id, reason: "fortrudt" });
  expect(await told(to)).toEqual(["ser forkert ud", null, null]);
});

test("others see nothing of it and can say neither yes nor no", async () => {
  await releaseMessage(ctx(to), { id, reason });
  expect(await seenBy(stranger)).toEqual([]);
  for (const say of [approveRelease, declineRelease]) {
    await expect(say(ctx(stranger), { id, reason })).rejects.toMatchObject({ code: "not-found" });
  }
  expect((await getMessage(ctx(from), { id })).state).toBe("held");
});
