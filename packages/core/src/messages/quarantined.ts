import { and, eq, inArray, sql } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { quarantines } from "./tables.ts";

/** No person holds the delivery `d` back: then only a person lets it go. */
export const isNotQuarantined = sql`not exists (select from quarantines q where q.delivery_id = d.id)`;

/**
 * Which of these deliveries no person holds back. Asked once they are locked: the statement that locked them saw the
 * quarantines as they were before it waited or looked.
 */
export async function withoutQuarantined(tx: Transaction, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const held = await tx
    .select({ id: quarantines.deliveryId })
    .from(quarantines)
    .where(inArray(quarantines.deliveryId, [...ids]));
  const isHeld = new Set(held.map(({ id }) => id));
  return ids.filter((id) => !isHeld.has(id));
}

/** Whether it takes two to let the delivery go. */
export async function takesTwo(db: Pick<ReadDatabase, "$count">, deliveryId: string): Promise<boolean> {
  const isOfTwo = and(eq(quarantines.deliveryId, deliveryId), eq(quarantines.takesTwo, true));
  return (await db.$count(quarantines, isOfTwo)) > 0;
}
