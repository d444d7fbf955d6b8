import { and, eq, gt, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { networkOf } from "../access/index.ts";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { addressHashes } from "../vault/index.ts";
import { subscriptionConfirmations, subscriptions } from "./tables.ts";
import type { Topic } from "./topics.ts";

const [hourSeconds, daySeconds] = [3600, 86_400];
/** Maximum number of confirmations within a day: by one supplier, to one address, and to one address by one supplier. */
const most = { bySupplier: 20, toAddress: 6, both: 3 } as const;
/** The same for the public: to one address within a day, by one network and in all within an hour. */
export const confirmationsMost = { toAddress: 3, byNetwork: 20, inAll: 500 } as const;

// Addresses that differ only after a plus are the same mailbox.
const mailboxOf = (address: string) =>
  address
    .trim()
    .toLowerCase()
    .replace(/\+[^@]*@/, "@");

const tooMany = (retryAfterSeconds: number) =>
  new DomainError("too-many", "too-many-confirmations", {
    fault: "too-many-confirmations",
    retryAfterSeconds,
  });

const { addressHash: toHash, networkHash, supplierId: bySupplier, askedAt } = subscriptionConfirmations;

async function countSince(tx: Transaction, which: SQL | undefined, seconds: number, now: Date) {
  const since = new Date(now.getTime() - seconds * 1000);
  return await tx.$count(subscriptionConfirmations, and(which, gt(askedAt, since)));
}

/**
 * Whether the supplier has a receiver of the topic with this mail address already, written with capital or small letters. Requests
 * of one supplier must be serialised by the caller.
 */
export async function isAddressTaken(
  tx: Transaction,
  { topic, address, supplierId }: { topic: Topic; address: string | null; supplierId: string | null },
): Promise<boolean> {
  const isOf =
    supplierId === null ? isNull(subscriptions.supplierId) : eq(subscriptions.supplierId, supplierId);
  const isTo = sql`lower(${subscriptions.address}) = lower(${address})`;
  const isTaken = and(eq(subscriptions.topic, topic), isOf, isTo, eq(subscriptions.channel, "mail"));
  return (await tx.$count(subscriptions, isTaken)) > 0;
}

/**
 * Claims one of the confirmations that may be sent to an address: they count for the address and for the supplier that requests
 * it, even when the receiver is removed afterwards. Throws `too-many` with `retryAfterSeconds` when the limit of a day is
 * reached.
 */
export async function claimConfirmation(
  tx: Transaction,
  { address, supplierId }: { address: string | null; supplierId: string | null },
  now: Date,
): Promise<void> {
  const hashes = addressHashes(mailboxOf(address ?? ""));
  const [addressHash = ""] = hashes;
  // Serialises concurrent requests for one address; those of one supplier are serialised already.
  await waitForLock(tx, "subscription-confirmations", addressHash);
  const isTo = and(inArray(toHash, hashes), isNull(networkHash));
  const isBy = and(
    supplierId === null ? isNull(bySupplier) : eq(bySupplier, supplierId),
    isNull(networkHash),
  );
  const count = async (which: SQL | undefined) => await countSince(tx, which, daySeconds, now);
  const isOver =
    (await count(isBy)) >= most.bySupplier ||
    (await count(isTo)) >= most.toAddress ||
    (await count(and(isTo, isBy))) >= most.both;
  if (isOver) throw tooMany(daySeconds);
  await tx.insert(subscriptionConfirmations).values({ id: newId(), addressHash, supplierId, askedAt: now });
}

/**
 * The same for somebody without an account, at a client's network address. Throws `too-many` when the network, or everybody
 * together, asked too often; false when the address has been sent enough, which the asker must not learn.
 */
export async function claimPublicConfirmation(
  tx: Transaction,
  { address, client }: { address: string; client: string },
  now: Date,
): Promise<boolean> {
  const toHashes = addressHashes(mailboxOf(address));
  const fromHashes = addressHashes(`network ${networkOf(client)}`);
  await waitForLock(tx, "subscription-confirmations", "public");
  const isFrom = inArray(networkHash, fromHashes);
  const isOver =
    (await countSince(tx, isFrom, hourSeconds, now)) >= confirmationsMost.byNetwork ||
    (await countSince(tx, isNotNull(networkHash), hourSeconds, now)) >= confirmationsMost.inAll;
  if (isOver) throw tooMany(hourSeconds);
  const isTo = and(inArray(toHash, toHashes), isNotNull(networkHash));
  const mayBeSent = (await countSince(tx, isTo, daySeconds, now)) < confirmationsMost.toAddress;
  await tx.insert(subscriptionConfirmations).values({
    ...{ id: newId(), addressHash: toHashes[0] ?? "", networkHash: fromHashes[0] ?? "" },
    askedAt: now,
  });
  return mayBeSent;
}
