import { and, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { addressHashes } from "../vault/index.ts";
import { alertConfirmations, alertSubscriptions } from "./tables.ts";

const daySeconds = 86_400;
/** Maximum number of confirmations within a day: by one supplier, to one address, and to one address by one supplier. */
const most = { bySupplier: 20, toAddress: 6, both: 3 } as const;

// Addresses that differ only after a plus are the same mailbox.
const mailboxOf = (address: string) =>
  address
    .trim()
    .toLowerCase()
    .replace(/\+[^@]*@/, "@");

/**
 * Throws `conflict` (`address-taken`) when the supplier has a receiver with this mail address already, written with capital or
 * small letters. Requests of one supplier must be serialised by the caller.
 */
export async function requireNewAddress(
  tx: Transaction,
  { address, supplierId }: { address: string | null; supplierId: string | null },
): Promise<void> {
  const isOf =
    supplierId === null
      ? isNull(alertSubscriptions.supplierId)
      : eq(alertSubscriptions.supplierId, supplierId);
  const isTo = sql`lower(${alertSubscriptions.address}) = lower(${address})`;
  const isTaken = and(isOf, isTo, eq(alertSubscriptions.channel, "mail"));
  if ((await tx.$count(alertSubscriptions, isTaken)) === 0) return;
  throw new DomainError("conflict", "receiver-exists", {
    field: "address",
    fault: "address-taken",
  });
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
  await waitForLock(tx, "alert-confirmations", addressHash);
  const since = new Date(now.getTime() - daySeconds * 1000);
  const isTo = inArray(alertConfirmations.addressHash, hashes);
  const isBy =
    supplierId === null
      ? isNull(alertConfirmations.supplierId)
      : eq(alertConfirmations.supplierId, supplierId);
  const count = async (which: SQL | undefined) =>
    await tx.$count(alertConfirmations, and(which, gt(alertConfirmations.askedAt, since)));
  const isOver =
    (await count(isBy)) >= most.bySupplier ||
    (await count(isTo)) >= most.toAddress ||
    (await count(and(isTo, isBy))) >= most.both;
  if (isOver) {
    throw new DomainError("too-many", "too-many-confirmations", {
      fault: "too-many-confirmations",
      retryAfterSeconds: daySeconds,
    });
  }
  await tx.insert(alertConfirmations).values({ id: newId(), addressHash, supplierId, askedAt: now });
}
