import { and, eq, inArray } from "drizzle-orm";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { takeFromMailbox } from "../deliveries/mailboxes.ts";
import { takeDeliveries } from "../deliveries/take-deliveries.ts";
import { completeGln } from "../identifiers/index.ts";
import { acceptInterchange } from "../intake/accept-interchange.ts";
import { messages } from "../messages/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, receives } from "./a-message-route.ts";
import { aUser } from "./accounts.ts";

type User = Actor & { kind: "user" };
/** A supplier with one location number, two keys and two users with all rights for it. */
export type TestSide = { supplierId: string; gln: string; keys: [Actor, Actor]; people: [User, User] };

let counter = 0;

/** Another user of a supplier, its administrator for two weeks already. */
export async function aPerson(db: Database, supplierId: string, now: Date): Promise<User> {
  const scope = { kind: "supplier", supplierId } as const;
  const given = { role: "vendor-administrator", scope, supplierId } as const;
  const since = new Date(now.getTime() - 14 * 86_400_000);
  return (await aUser(db, `u${newId()}`, given, since)).ctx.actor as User;
}

async function aSide(db: Database, now: Date): Promise<TestSide> {
  const { supplierId, key } = await aVendor(db);
  const scopes = [...key.scopes, "endpoints:write", "registrations:write"] as const;
  counter += 1;
  const gln = completeGln(`5790005${String(counter).padStart(5, "0")}`);
  await aLocation(db, { gln, supplierId });
  return {
    supplierId,
    gln,
    keys: [
      { ...key, scopes },
      { ...key, id: newId(), scopes },
    ],
    people: [await aPerson(db, supplierId, now), await aPerson(db, supplierId, now)],
  };
}

/** A sender and a receiver of messages (DIS91) that are fetched from a mailbox; `spare` is a webhook of the receiver. */
export async function twoSides(db: Database, now: Date) {
  const [from, to] = [await aSide(db, now), await aSide(db, now)];
  const mailbox = await anEndpoint(db, { supplierId: to.supplierId });
  const spare = await anEndpoint(db, { supplierId: to.supplierId, address: "https://example.org/in" });
  await receives(db, to.gln, mailbox, [["DIS91", "D9134L"]]);
  return {
    ...{ from, to, mailbox, spare },
    aMessage: () => anInterchange({ sender: from.gln, receiver: to.gln }),
    /** Returns the id of the message. */
    send: async (bytes: Buffer): Promise<string> => {
      const ctx = createContext(db, from.keys[0], now);
      const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
      return interchange.messages[0]?.id ?? "";
    },
    /** Takes the messages that are due for the receiver, at any endpoint; returns how many. */
    handOver: async (at = now): Promise<number> => {
      const system = { kind: "system", job: "test" } as const;
      const work = { limit: 1000, leaseSeconds: 60, perEndpoint: 1000, worker: "w" };
      const posted = await takeDeliveries(createContext(db, system, at), work);
      const question = { gln: to.gln, limit: 1000, visibilityTimeoutSeconds: 60 };
      const fetched = await takeFromMailbox(createContext(db, to.keys[0], at), question);
      const ids = posted.flatMap(({ messageIds }) => messageIds);
      const own = and(inArray(messages.id, ids), eq(messages.receiver, to.gln));
      return (await db.$count(messages, own)) + fetched.flatMap((entry) => entry.messages).length;
    },
  };
}
