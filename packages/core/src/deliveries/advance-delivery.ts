import { and, eq, inArray, type SQL } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import type { DeliveryRow } from "../messages/index.ts";
import { deliveries } from "../messages/tables.ts";
import { type DeliveryEvent, hasEnded, moveOf, nextDeliveryState } from "./delivery-moves.ts";

/** A lease as it is given: who holds it, and until when. */
type Lease = { leaseToken: string; leaseUntil: Date | SQL; leasedBy: string | null };

type Owned = "id" | "state" | "doneAt" | keyof Lease;
type Columns = Omit<typeof deliveries.$inferInsert, Owned>;

/** What happens to deliveries, and other columns that change with it. */
export type DeliveryChange = {
  event: DeliveryEvent;
  /** With `leased` only. */
  lease?: Lease;
  set?: { [Name in keyof Columns]?: Columns[Name] | SQL };
};

type WhichDeliveries = {
  ids: readonly string[];
  /** Only those under this lease. */
  leaseToken?: string;
  /** Leaves out those to which the event cannot happen any more. Otherwise their rows are locked by the caller. */
  ifPossible?: true;
};

const noLease = { leaseToken: null, leaseUntil: null, leasedBy: null };

function columnsOf({ event, lease, set }: DeliveryChange, now: Date) {
  const { to, lease: becomes, isDue } = moveOf(event);
  if ((becomes === "given") !== (lease !== undefined))
    throw new Error(`a delivery is ${event} with no lease`);
  return {
    ...set,
    ...(isDue && { nextAttemptAt: now }),
    ...(to && { state: to, doneAt: hasEnded(to) ? now : null }),
    ...(becomes !== "kept" && (lease ?? noLease)),
  };
}

/**
 * The only way to change the state or the lease of stored deliveries. Returns the ids of those that were changed; throws when the
 * event cannot happen to one of them, unless `which` says that such ones are left out.
 */
export async function advanceDeliveries(
  tx: Transaction,
  now: Date,
  which: WhichDeliveries,
  change: DeliveryChange,
): Promise<string[]> {
  const { ids, leaseToken, ifPossible } = which;
  if (ids.length === 0) return [];
  const { id, state, leaseToken: token } = deliveries;
  const isHeld = leaseToken === undefined ? undefined : eq(token, leaseToken);
  const changed = await tx
    .update(deliveries)
    .set(columnsOf(change, now))
    .where(and(inArray(id, [...ids]), inArray(state, [...moveOf(change.event).from]), isHeld))
    .returning({ id });
  if (!ifPossible && changed.length !== new Set(ids).size) {
    throw new Error(`a delivery cannot be ${change.event} in its state`);
  }
  return changed.map((row) => row.id);
}

/** The row of a new delivery that leaves another one with an event, carrying some of its messages. Throws as above. */
export function partingDelivery(
  from: DeliveryRow,
  id: string,
  change: DeliveryChange,
  now: Date,
): typeof deliveries.$inferInsert {
  if (!nextDeliveryState(from.state, change.event)) {
    throw new Error(`a delivery cannot be ${change.event} in its state`);
  }
  // SQL stands only for columns that the insert computes likewise, such as the place in the queue.
  const row = { ...from, ...columnsOf(change, now), id, attempts: 0 };
  return row as typeof deliveries.$inferInsert;
}
