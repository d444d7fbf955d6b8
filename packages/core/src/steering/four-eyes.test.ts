import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { takeFromMailbox } from "../deliveries/mailboxes.ts";
import { pauseEndpoint, resumeEndpoint } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { closeEndpoint, drainEndpoint } from "../message-types/index.ts";
import { registrations } from "../message-types/tables.ts";
import { getMessage } from "../messages/read-messages.ts";
import { messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { reportReceipt } from "../receipts/report-receipt.ts";
import { endDrains } from "../redirection/end-drains.ts";
import { followMovedLocations, tendDeliveries } from "../redirection/tend-deliveries.ts";
import { startResends } from "../resends/resend-jobs.ts";
import { continueResends } from "../resends/run-resends.ts";
import { testDatabase, twoSides } from "../testing/index.ts";
import { approveRelease } from "./approvals.ts";
import { discardDeadLetter, rerouteDeadLetters, retryDeadLetter } from "./dead-letters.ts";
import { holdMessage, releaseMessage } from "./hold-messages.ts";
import { cancelMessage, resendMessage } from "./operate-messages.ts";
import { rerouteMessage } from "./reroute-messages.ts";

const gatewayParty = "SORGATEWAY";
const tending = { gatewayParty, limit: 1000 };
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
let bytes: Buffer;

beforeEach(async () => {
  world = await twoSides(db, now);
  bytes = world.aMessage();
  id = await world.send(bytes);
});

/** Actions to try; each returns the time at which to look for what was sent. */
const steps: Record<string, (actor: Actor) => Promise<Date | unknown>> = {
  release: async (actor) => {
    await releaseMessage(as(actor), { id, reason }).catch(onlyRefused);
    await releaseMessage(as(actor), { id, reason });
  },
  approve: async (actor) => {
    await releaseMessage(as(actor), { id, reason }).catch(onlyRefused);
    await approveRelease(as(actor), { id, reason });
  },
  "resend while held": async (actor) => {
    await resendMessage(as(actor), { id, reason });
  },
  "cancel and resend": async (actor) => {
    await cancelMessage(as(actor), { id, reason });
    await resendMessage(as(actor), { id, reason });
  },
  "cancel, resend, and the same with the copy": async (actor) => {
    await cancelMessage(as(actor), { id, reason });
    const { messageId } = await resendMessage(as(actor), { id, reason });
    await cancelMessage(as(actor), { id: messageId, reason });
    await resendMessage(as(actor), { id: messageId, reason });
    await resendMessage(as(actor), { id, reason });
  },
  "cancel and resend with others": async (actor) => {
    await cancelMessage(as(actor), { id, reason });
    await startResends(as(actor), { choice: { ids: [id] }, reason });
    await continueResends(as(system), { limit: 100 });
  },
  "send it as a new interchange with the same message id": async () => {
    const again = bytes.toString("latin1").replaceAll(/K[0-9a-f]{12}/g, `K${newId().slice(-12)}`);
    await world.send(Buffer.from(again, "latin1"));
  },
  "reroute to another endpoint": async (actor) => {
    await rerouteMessage(as(actor), { id, endpointId: world.spare, reason });
  },
  "reroute by the register": async (actor) => {
    await receivesAt(world.spare);
    await rerouteMessage(as(actor), { id, reason });
  },
  retry: async (actor) => {
    await retryDeadLetter(as(actor), { id, reason });
  },
  discard: async (actor) => {
    await discardDeadLetter(as(actor), { id, reason, gatewayParty });
  },
  "reroute the dead letters of its group": async (actor) => {
    const group = { reason: "quarantine", receiver: world.to.gln, messageType: "DIS91" } as const;
    await rerouteDeadLetters(as(actor), { group: group as never, endpointId: world.spare, reason });
  },
  "hold it back anew for one": async (actor) => {
    await holdMessage(as(actor), { id, reason });
  },
  "pause and resume its endpoint": async (actor) => {
    await pauseEndpoint(as(actor), { id: world.mailbox, until: null, reason });
    await tendDeliveries(as(system), tending);
    await resumeEndpoint(as(actor), { id: world.mailbox });
    await tendDeliveries(as(system), tending);
  },
  "drain its endpoint": async (actor) => {
    await drainEndpoint(as(actor), { id: world.mailbox, endsAs: "paused", moveTo: null, reason });
    await tendDeliveries(as(system), tending);
    await endDrains(as(system));
  },
  "close its endpoint with another that takes over": async (actor) => {
    await closeEndpoint(as(actor), { id: world.mailbox, moveTo: world.spare, reason });
    await tendDeliveries(as(system, later(10)), tending);
    await followMovedLocations(as(system, later(10)), tending);
    return later(10);
  },
  "let its location number move": async () => {
    await receivesAt(world.spare);
    await followMovedLocations(as(system, later(10)), tending);
    return later(10);
  },
  "let its endpoint become a webhook": async () => {
    const webhook = { transport: "webhook", address: "https://example.org/new" } as const;
    await db.update(endpoints).set(webhook).where(eq(endpoints.id, world.mailbox));
    await tendDeliveries(as(system), tending);
  },
  "answer it with a positive receipt, and resend it": async (actor) => {
    await reportReceipt(as(actor), { id, gatewayParty, outcome: "positive" } as never).catch(onlyRefused);
    await reportReceipt(as(world.to.keys[0]), { id, gatewayParty, outcome: "positive" } as never);
    await resendMessage(as(actor), { id, reason });
  },
  "let its time run out": async () => {
    await tendDeliveries(as(system, later(6 * 1440)), tending);
    return later(6 * 1440);
  },
};

async function receivesAt(endpointId: string): Promise<void> {
  await db.update(registrations).set({ endpointId }).where(eq(registrations.gln, world.to.gln));
}

function onlyRefused(error: unknown): undefined {
  if (!(error instanceof DomainError)) throw error;
}

describe.each(["sender", "receiver"] as const)(
  "a message that the %s holds, whose release takes two persons",
  (holder) => {
    const lone: Record<string, () => Actor> = {
      "a person of the sender": () => world.from.people[0],
      "a key of the receiver": () => world.to.keys[0],
    };
    test.each(Object.keys(steps).flatMap((step) => Object.keys(lone).map((who) => [step, who] as const)))(
      "stays held after an attempt to %s by %s",
      async (step, who) => {
        const side = holder === "sender" ? world.from : world.to;
        await holdMessage(as(side.keys[0]), { id, reason: "ser forkert ud", takesTwo: true });
        const at = await steps[step]?.(lone[who]?.() as Actor).catch(onlyRefused);
        expect(await world.handOver(at instanceof Date ? at : now)).toBe(0);
      },
    );
  },
);

test("a held receipt is not repeated when its message is sent again", async () => {
  expect(await world.handOver()).toBe(1);
  await reportReceipt(as(world.to.keys[0]), {
    id,
    gatewayParty,
    outcome: "negative",
    text: "ukendt",
  } as never);
  const { receiptMessageId } = await getMessage(as(world.from.keys[0]), { id });
  await holdMessage(as(world.to.keys[0]), { id: receiptMessageId ?? "", reason, takesTwo: true });
  const question = { gln: world.from.gln, limit: 100, visibilityTimeoutSeconds: 60 };
  await steps["send it as a new interchange with the same message id"]?.(world.from.keys[0]);
  expect(await takeFromMailbox(as(world.from.keys[0]), question)).toEqual([]);
  const receipts = eq(messages.receiver, world.from.gln);
  expect(await db.$count(messages, receipts)).toBe(1);
});
