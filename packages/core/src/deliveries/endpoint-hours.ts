import { lt, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import type { OutcomeKind } from "../messages/index.ts";
import { endpointHours, endpointQueues } from "../messages/tables.ts";

const hourMilliseconds = 3_600_000;
const keptDays = 8;

const hourOf = (at: Date) => new Date(Math.floor(at.getTime() / hourMilliseconds) * hourMilliseconds);

async function add(
  tx: Transaction,
  endpointId: string,
  now: Date,
  count: { delivered: number; refused: number; failed: number },
): Promise<void> {
  await tx
    .insert(endpointHours)
    .values({ endpointId, hour: hourOf(now), ...count })
    .onConflictDoUpdate({
      target: [endpointHours.endpointId, endpointHours.hour],
      set: {
        delivered: sql`${endpointHours.delivered} + ${count.delivered}`,
        refused: sql`${endpointHours.refused} + ${count.refused}`,
        failed: sql`${endpointHours.failed} + ${count.failed}`,
      },
    });
}

/** Counts attempts in the endpoint's current hour. The caller has locked the endpoint's queue row, so this never blocks. */
export async function countAttempts(
  tx: Transaction,
  endpointId: string,
  kinds: readonly OutcomeKind[],
  now: Date,
): Promise<void> {
  const of = (...wanted: OutcomeKind[]) => kinds.filter((kind) => wanted.includes(kind)).length;
  const count = { delivered: of("delivered"), refused: of("refused"), failed: of("failed", "unknown") };
  await add(tx, endpointId, now, count);
}

/** Records that deliveries were collected from mailboxes, as a successful attempt is recorded for a webhook. */
export async function noteCollected(
  tx: Transaction,
  collected: readonly { endpointId: string | null }[],
  now: Date,
): Promise<void> {
  const byEndpoint = Map.groupBy(collected, (delivery) => delivery.endpointId);
  // Lock rows in a fixed order to avoid deadlocks between concurrent acknowledgements.
  for (const [endpointId, group] of [...byEndpoint].sort(([a], [b]) => ((a ?? "") < (b ?? "") ? -1 : 1))) {
    if (endpointId === null) continue;
    await tx
      .insert(endpointQueues)
      .values({ endpointId, lastSuccessAt: now })
      .onConflictDoUpdate({ target: endpointQueues.endpointId, set: { lastSuccessAt: now } });
    await add(tx, endpointId, now, { delivered: group.length, refused: 0, failed: 0 });
  }
}

/** Deletes hours older than any success rate needs. */
export async function forgetOldHours(tx: Transaction, now: Date): Promise<void> {
  await tx
    .delete(endpointHours)
    .where(lt(endpointHours.hour, new Date(now.getTime() - keptDays * 86_400_000)));
}
