import { sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { dayInDenmark, later, startOfDayInDenmark } from "../validity/index.ts";
import type { LoadedSwitch } from "./load-switch.ts";

/** Deliveries to the new endpoints that were attempted, and how many of them failed. */
type SwitchDeliveries = { attempted: number; failed: number };

/** A failure that is tried again counts from this attempt on; a refusal at once. */
const attemptsFailed = 3;
/** A message waits this long at most, so that what was received before the first day may be delivered after it. */
const waitsDays = 5;

/**
 * The deliveries to the new endpoints for the location numbers whose waves have begun, since they began or were let continue, each by its
 * last attempt; null while none has begun. Mailboxes are fetched from, and have no attempts.
 */
export async function measureDeliveries(
  db: ReadDatabase,
  { row, waves }: LoadedSwitch,
  now: Date,
): Promise<SwitchDeliveries | null> {
  const today = dayInDenmark(now);
  const begun = waves.filter(({ state, day }) => state === "applied" && day <= today);
  const [first] = begun;
  if (!first || row.mapping === null) return null;
  const began = later(startOfDayInDenmark(first.day), first.appliedAt ?? now);
  const since = row.continuedAt === null ? began : later(began, row.continuedAt);
  const received = new Date(since.getTime() - waitsDays * 86_400_000).toISOString();
  const { endpointId, types } = row.mapping;
  const endpoints = sql.param([...new Set([endpointId, ...types.map((type) => type.endpointId)])]);
  const numbers = sql.param(begun.map(({ number }) => number));
  const failed = sql`last.outcome = 'refused' or (last.outcome <> 'delivered' and last.number >= ${attemptsFailed})`;
  const rows = await db
    .select({
      attempted: sql<number>`count(*)::int`,
      failed: sql<number>`(count(*) filter (where ${failed}))::int`,
    })
    .from(sql`(
      select distinct on (d.id) a.outcome, a.number
      from vendor_switch_locations l
        join messages m on m.receiver = l.gln and m.received_at >= ${received}::timestamptz
        join deliveries d on d.id = m.delivery_id
        join delivery_attempts a on a.delivery_id = d.id
      where l.switch_id = ${row.id} and l.wave = any(${numbers}::int[])
        and a.endpoint_id = any(${endpoints}::uuid[]) and a.started_at >= ${since.toISOString()}::timestamptz
      order by d.id, a.number desc
    ) as last`);
  return rows[0] ?? { attempted: 0, failed: 0 };
}

/** Whether so many of the deliveries fail that no further wave may begin. */
export const isOverLimit = (deliveries: SwitchDeliveries | null, limitPercent: number): boolean =>
  deliveries !== null && deliveries.failed * 100 > deliveries.attempted * limitPercent;
