import type { Transaction } from "../database/index.ts";
import { outboxEvents } from "./tables.ts";

const rowsAtOnce = 2000;

/** Writes what receivers are to be told of, each phase of each event once for each receiver. */
export async function addEvents(
  tx: Transaction,
  rows: readonly Omit<typeof outboxEvents.$inferInsert, "messageId">[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await tx
      .insert(outboxEvents)
      .values(rows.slice(from, from + rowsAtOnce))
      .onConflictDoNothing();
  }
}
