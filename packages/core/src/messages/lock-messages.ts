import { inArray, or } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { deliveries, messages } from "./tables.ts";

type MessageRow = typeof messages.$inferSelect;

/**
 * Locks messages together with the deliveries in which they travel, and gives the messages by id as they then are. Deliveries
 * come before messages, each by id, as everywhere: who took a message first and then its delivery would wait in a ring for
 * a worker that writes down what came of it.
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
    // Sent another way in between: then its new delivery is locked too.
    const isSettled = wanted.every((row) => row.deliveryId === null || carriers.includes(row.deliveryId));
    if (isSettled) return new Map(wanted.map((row) => [row.id, row]));
  }
}

/** The same messages as they stand at this moment, not locked: for what is only looked at. */
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
