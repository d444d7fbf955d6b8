import { inArray, or } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { deliveries, messages } from "./tables.ts";

type MessageRow = typeof messages.$inferSelect;

/**
 * Locks messages together with their deliveries, and returns the messages by id as read under the lock. Deliveries are locked
 * before messages, each in order of id, as everywhere: locking a message before its delivery could deadlock with a worker that
 * records an attempt.
 */
export async function lockMessages(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MessageRow>> {
  if (ids.length === 0) return new Map();
  const isWanted = inArray(messages.id, [...new Set(ids)]);
  for (;;) {
    const found = await tx.selectDistinct({ id: messages.deliveryId }).from(messages).where(isWanted);
    const carriers = found.flatMap(({ id }) => (id === null ? [] : [id]));
    if (carriers.length > 0) {
      const isCarrier = inArray(deliveries.id, carriers);
      await tx
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(isCarrier)
        .orderBy(deliveries.id)
        .for("update");
    }
    const travelling = carriers.length > 0 ? inArray(messages.deliveryId, carriers) : undefined;
    const rows = await tx
      .select()
      .from(messages)
      .where(or(isWanted, travelling))
      .orderBy(messages.id)
      .for("update");
    const wanted = rows.filter((row) => ids.includes(row.id));
    // Rerouted in between: then its new delivery is locked too.
    const isSettled = wanted.every((row) => row.deliveryId === null || carriers.includes(row.deliveryId));
    if (isSettled) return new Map(wanted.map((row) => [row.id, row]));
  }
}

/** The same messages read without a lock. */
export async function findMessages(
  db: ReadDatabase,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MessageRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(messages)
    .where(inArray(messages.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row]));
}
