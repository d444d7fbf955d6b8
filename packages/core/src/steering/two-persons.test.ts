import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { acceptInvitation, deactivateUser, invitePasswordReset, inviteUser } from "../access/index.ts";
import { users } from "../access/tables.ts";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { getMessage } from "../messages/read-messages.ts";
import { messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { aPerson, testDatabase, twoSides } from "../testing/index.ts";
import { approveRelease, declineRelease, listApprovals } from "./approvals.ts";
import { holdMessage, releaseMessage } from "./hold-messages.ts";
import { listSteps } from "./list-steps.ts";
import { cancelMessage, resendMessage } from "./operate-messages.ts";
import { rerouteMessage } from "./reroute-messages.ts";

const now = new Date("2026-03-01T10:00:00Z");
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const reason = "gennemgået";
const system = { kind: "system", job: "test" } as const;
let db: Database;
let world: Awaited<ReturnType<typeof twoSides>>;
let id: string;
const as = (actor: Actor, at = now) => createContext(db, actor, at);

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  world = await twoSides(db, now);
  id = await world.send(world.aMessage());
});

const sideOf = (name: "sender" | "receiver") => (name === "sender" ? world.from : world.to);
const hold = (by: "sender" | "receiver", takesTwo = true) =>
  holdMessage(as(sideOf(by).keys[0]), { id, reason: "ser forkert ud", takesTwo });
const copyOf = async (original: string) => {
  const [copy] = await db.select().from(messages).where(eq(messages.originId, original));
  return copy?.id ?? "";
};

function onlyRefused(error: unknown): void {
  if (!(error instanceof DomainError)) throw error;
}

describe.each(["sender", "receiver"] as const)(
  "a message that the %s holds, whose release takes two persons",
  (holder) => {
    const own = () => sideOf(holder);
    test("is released by two persons of that side", async () => {
      await hold(holder);
      const [one, other] = own().people;
      expect(await releaseMessage(as(one), { id, reason })).toMatchObject({ isReleased: false });
      expect(await world.handOver()).toBe(0);
      expect(await approveRelease(as(other), { id, reason })).toMatchObject({ isReleased: true });
      expect(await world.handOver()).toBe(1);
    });

    test("is released by two persons as a copy too, and then its content may be sent again", async () => {
      await hold(holder);
      await cancelMessage(as(world.from.keys[0]), { id, reason });
      expect(await resendMessage(as(world.from.keys[0]), { id, reason })).toMatchObject({ state: "held" });
      const original = id;
      id = await copyOf(original);
      expect(await getMessage(as(world.from.keys[0]), { id })).toMatchObject({
        state: "held",
        reason: "quarantine",
      });
      const [one, other] = own().people;
      expect((await listApprovals(as(one))).map(({ message }) => message.id)).toEqual([id]);
      await releaseMessage(as(one), { id, reason });
      await approveRelease(as(other), { id, reason });
      expect(await world.handOver()).toBe(1);
      expect(await resendMessage(as(world.from.keys[0]), { id: original, reason })).toMatchObject({
        state: "queued",
      });
    });

    test("is not resent through the message it is a copy of", async () => {
      expect(await world.handOver()).toBe(1);
      await db.update(messages).set({ state: "delivered" }).where(eq(messages.id, id));
      const original = id;
      id = (await resendMessage(as(world.from.keys[0]), { id, reason })).messageId;
      await hold(holder);
      await cancelMessage(as(world.from.keys[0]), { id, reason });
      expect(await resendMessage(as(world.from.keys[0]), { id: original, reason })).toMatchObject({
        state: "held",
      });
      expect(await world.handOver(later(5))).toBe(1);
    });

    type Pair = [
      name: string,
      pair: () => readonly [Actor, Actor] | Promise<readonly [Actor, Actor]>,
      fault: string,
    ];
    const others = () => (holder === "sender" ? world.to : world.from);
    test.each<Pair>([
      ["the same person twice", () => [own().people[0], own().people[0]], "second-person-needed"],
      ["two keys", () => own().keys, "person-needed"],
      ["a person and a key", () => [own().people[0], own().keys[0]], "person-needed"],
      ["a person of each side", () => [own().people[0], others().people[0]], "held-by-other-side"],
      ["two persons of the other side", () => others().people, "held-by-other-side"],
      ["two accounts with one mail address", () => twoAccounts(), "not-independent"],
      ["a person and one whose password they reset", () => resetBy("first"), "not-independent"],
      ["a person and the one who reset their password", () => resetBy("second"), "not-independent"],
      ["two whose passwords a third reset", () => resetBy("both"), "not-independent"],
      ["a person and one whom they invited", () => invited(), "not-independent"],
    ])("is not released by %s", async (_, pair, fault) => {
      const [one, other] = await pair();
      await hold(holder);
      await releaseMessage(as(one), { id, reason }).catch(onlyRefused);
      const second = releaseMessage(as(other), { id, reason });
      await expect(second).rejects.toMatchObject({ code: "conflict", details: { fault } });
      expect(await world.handOver()).toBe(0);
    });

    async function twoAccounts() {
      const [one, other] = own().people;
      const [row] = await db.select().from(users).where(eq(users.id, one.id));
      await db
        .update(users)
        .set({ email: row?.email.toUpperCase() ?? "" })
        .where(eq(users.id, other.id));
      return [one, other] as const;
    }

    async function resetBy(who: "first" | "second" | "both", at = later(-60)) {
      const [one, other] = own().people;
      const third = await aPerson(db, own().supplierId, now);
      const resets: [Actor, string][] = {
        first: [[one, other.id] as [Actor, string]],
        second: [[other, one.id] as [Actor, string]],
        both: [[third, one.id] as [Actor, string], [third, other.id] as [Actor, string]],
      }[who];
      for (const [maker, userId] of resets) {
        const { token } = await invitePasswordReset(as(maker, at), userId);
        await acceptInvitation(db, { token, password: "en ret lang adgangskode" }, at);
      }
      return [one, other] as const;
    }

    async function invited() {
      const [one] = own().people;
      const { supplierId } = own();
      const { token } = await inviteUser(as(one, later(-60)), {
        ...{ username: `i${newId()}`.slice(0, 38), name: "Ny", email: `${newId()}@example.org`, supplierId },
        ...{ role: "vendor-editor", scope: { kind: "supplier", supplierId } },
      });
      const password = "en ret lang adgangskode";
      const { userId } = await acceptInvitation(db, { token, password }, later(-60));
      const actor = { ...one, id: userId };
      return [one, actor] as const;
    }

    test("is released by two persons when one has reset the other's password, but longer ago", async () => {
      const [one, other] = await resetBy("first", later(-8 * 1440));
      await hold(holder);
      await releaseMessage(as(one), { id, reason });
      expect(await approveRelease(as(other), { id, reason })).toMatchObject({ isReleased: true });
    });

    test("waits for a first person again when the one who asked was deactivated", async () => {
      const [one, other] = own().people;
      await hold(holder);
      await releaseMessage(as(one), { id, reason });
      await deactivateUser(as(system), one.id);
      expect(await listApprovals(as(other))).toMatchObject([{ waitsFor: "first" }]);
      await expect(approveRelease(as(other), { id, reason })).rejects.toMatchObject({
        details: { fault: "nothing-to-approve" },
      });
      expect(await releaseMessage(as(other), { id, reason })).toMatchObject({ isReleased: false });
      expect(await world.handOver()).toBe(0);
    });
  },
);

describe("a message held by one side", () => {
  test.each(["sender", "receiver"] as const)(
    "is released by the %s that holds it, including its keys",
    async (holder) => {
      await hold(holder, false);
      const { from, to } = world;
      const [mine, theirs] = holder === "sender" ? [from, to] : [to, from];
      for (const actor of [theirs.keys[0], theirs.people[0]]) {
        for (const act of [releaseMessage, rerouteMessage, declineRelease]) {
          await expect(act(as(actor), { id, reason, endpointId: world.spare })).rejects.toMatchObject({
            details: { fault: "held-by-other-side", heldBy: holder },
          });
        }
        expect(await listSteps(as(actor), { id })).not.toContain("release");
      }
      expect(await world.handOver()).toBe(0);
      expect(await listSteps(as(mine.keys[0]), { id })).toContain("release");
      expect(await releaseMessage(as(mine.keys[0]), { id, reason })).toMatchObject({ isReleased: true });
      expect(await world.handOver()).toBe(1);
    },
  );

  test("held by the receiver is held as a copy too, held by the sender it may be resent", async () => {
    await hold("receiver", false);
    await cancelMessage(as(world.from.keys[0]), { id, reason });
    expect(await resendMessage(as(world.from.keys[0]), { id, reason })).toMatchObject({ state: "held" });
    expect(await world.handOver()).toBe(0);
    id = await world.send(world.aMessage());
    await hold("sender", false);
    await cancelMessage(as(world.from.keys[0]), { id, reason });
    expect(await resendMessage(as(world.from.keys[0]), { id, reason })).toMatchObject({ state: "queued" });
    expect(await world.handOver()).toBe(1);
  });
});
