import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { getMessage } from "../messages/read-messages.ts";
import type { Actor } from "../permissions/index.ts";
import { aVendor, testDatabase, twoSides } from "../testing/index.ts";
import { approveRelease, declineRelease, listApprovals } from "./approvals.ts";
import { holdMessage, releaseMessage } from "./hold-messages.ts";

const now = new Date("2026-03-01T10:00:00Z");
const reason = "gennemgået";
let db: Database;
let sender: Actor;
let key: Actor;
let one: Actor & { kind: "user" };
let two: Actor;
let stranger: Actor;
let id: string;
const ctx = (actor: Actor) => createContext(db, actor, now);

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const { from, to, send, aMessage } = await twoSides(db, now);
  [sender] = from.people;
  [one, two] = to.people;
  [key] = to.keys;
  stranger = (await aVendor(db)).key;
  id = await send(aMessage());
  await holdMessage(ctx(key), { id, reason: "ser forkert ud", takesTwo: true });
});

const seenBy = async (actor: Actor) =>
  (await listApprovals(ctx(actor))).map(({ message, waitsFor, isOwnRequest }) => [
    message.id,
    waitsFor,
    isOwnRequest,
  ]);

test("a message that takes two persons waits for a first and a different second, and is then released", async () => {
  expect(await seenBy(two)).toEqual([[id, "first", false]]);
  await expect(approveRelease(ctx(two), { id, reason })).rejects.toMatchObject({
    details: { fault: "nothing-to-approve" },
  });
  expect(await releaseMessage(ctx(one), { id, reason })).toMatchObject({ isReleased: false });
  expect(await seenBy(one)).toEqual([[id, "second", true]]);
  expect(await seenBy(two)).toEqual([[id, "second", false]]);
  expect(await seenBy(sender)).toEqual([]);
  await expect(approveRelease(ctx(one), { id, reason })).rejects.toMatchObject({
    details: { fault: "second-person-needed" },
  });
  expect(await approveRelease(ctx(two), { id, reason })).toMatchObject({ isReleased: true });
  expect(await seenBy(two)).toEqual([]);
  expect((await getMessage(ctx(sender), { id })).state).toBe("queued");
});

test("after a decline the message stays held, and two must ask again", async () => {
  await expect(declineRelease(ctx(two), { id, reason })).rejects.toMatchObject({
    details: { fault: "nothing-to-approve" },
  });
  await releaseMessage(ctx(one), { id, reason });
  expect(await declineRelease(ctx(key), { id, reason: "stadig forkert" })).toMatchObject({
    ...{ isReleased: false, state: "held" },
  });
  expect(await seenBy(one)).toEqual([[id, "first", false]]);
  expect(await releaseMessage(ctx(two), { id, reason })).toMatchObject({ isReleased: false });
  expect(await approveRelease(ctx(one), { id, reason })).toMatchObject({ isReleased: true });
});

test("the second person sees why it is held and who asked", async () => {
  const told = async (actor: Actor) => {
    const [{ heldFor, askedFor, askedBy } = {}] = await listApprovals(ctx(actor));
    return [heldFor, askedFor, askedBy];
  };
  expect(await told(two)).toEqual(["ser forkert ud", null, null]);
  await releaseMessage(ctx(one), { id, reason: "set igennem" });
  expect(await told(two)).toEqual(["ser forkert ud", "set igennem", one.name]);
  await declineRelease(ctx(one), { id, reason: "fortrudt" });
  expect(await told(two)).toEqual(["ser forkert ud", null, null]);
});

test("others see nothing of it and can neither approve nor decline", async () => {
  await releaseMessage(ctx(one), { id, reason });
  expect(await seenBy(stranger)).toEqual([]);
  for (const say of [approveRelease, declineRelease]) {
    await expect(say(ctx(stranger), { id, reason })).rejects.toMatchObject({ code: "not-found" });
  }
  expect((await getMessage(ctx(sender), { id })).state).toBe("held");
});
