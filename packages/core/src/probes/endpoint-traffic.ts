import { and, asc, gte, inArray, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Context } from "../context.ts";
import { getEndpoint, listEndpoints } from "../endpoints/index.ts";
import { deliveries, endpointHours } from "../messages/tables.ts";

const hourMilliseconds = 3_600_000;
const hoursShown = 24;

/** Attempts to deliver that began in one hour. */
export type TrafficHour = { hour: Date; delivered: number; refused: number; failed: number };

/** What waits for an endpoint, and how its attempts of the last 24 hours ended. */
export type EndpointLoad = {
  waiting: number;
  held: number;
  oldestAt: Date | null;
  attempts: number;
  delivered: number;
};

const hourOf = (at: Date) => new Date(Math.floor(at.getTime() / hourMilliseconds) * hourMilliseconds);
const firstHour = (now: Date) => new Date(hourOf(now).getTime() - (hoursShown - 1) * hourMilliseconds);

/**
 * The attempts of the last 24 hours, oldest first, at one endpoint or at all of a supplier; hours without attempts are there, and
 * the last hour is the current one. Needs `endpoint.read`. Throws `not-found`, `not-allowed`.
 */
export async function endpointTraffic(
  ctx: Context,
  input: { id: string } | { supplierId: string },
): Promise<TrafficHour[]> {
  const asked = "id" in input ? [await getEndpoint(ctx, input)] : await listEndpoints(ctx, input);
  const since = firstHour(ctx.now);
  const sum = (column: PgColumn) => sql<number>`sum(${column})::int`;
  const rows = await ctx.db
    .select({
      hour: endpointHours.hour,
      delivered: sum(endpointHours.delivered),
      refused: sum(endpointHours.refused),
      failed: sum(endpointHours.failed),
    })
    .from(endpointHours)
    .where(
      and(
        inArray(
          endpointHours.endpointId,
          asked.map(({ id }) => id),
        ),
        gte(endpointHours.hour, since),
      ),
    )
    .groupBy(endpointHours.hour)
    .orderBy(asc(endpointHours.hour));
  const found = new Map(rows.map((row) => [row.hour.getTime(), row]));
  return Array.from({ length: hoursShown }, (_, at) => {
    const hour = new Date(since.getTime() + at * hourMilliseconds);
    return found.get(hour.getTime()) ?? { hour, delivered: 0, refused: 0, failed: 0 };
  });
}

/** The load of each of a supplier's endpoints, by id; one without waiting messages and attempts is absent. Needs `endpoint.read`. */
export async function endpointLoads(
  ctx: Context,
  input: { supplierId: string },
): Promise<ReadonlyMap<string, EndpointLoad>> {
  const ids = (await listEndpoints(ctx, input)).map(({ id }) => id);
  const loads = new Map<string, EndpointLoad>();
  const loadOf = (id: string) => {
    const load = loads.get(id) ?? { waiting: 0, held: 0, oldestAt: null, attempts: 0, delivered: 0 };
    loads.set(id, load);
    return load;
  };
  for (const { endpointId, state, count, oldest } of await countWaiting(ctx, ids)) {
    const load = loadOf(endpointId ?? "");
    load[state === "held" ? "held" : "waiting"] = count;
    const at = new Date(oldest);
    if (load.oldestAt === null || at < load.oldestAt) load.oldestAt = at;
  }
  const hours = await ctx.db
    .select()
    .from(endpointHours)
    .where(and(inArray(endpointHours.endpointId, ids), gte(endpointHours.hour, firstHour(ctx.now))));
  for (const { endpointId, delivered, refused, failed } of hours) {
    const load = loadOf(endpointId);
    load.delivered += delivered;
    load.attempts += delivered + refused + failed;
  }
  return loads;
}

async function countWaiting({ db }: Context, ids: readonly string[]) {
  const { endpointId, state, createdAt } = deliveries;
  return await db
    .select({
      endpointId,
      state,
      count: sql<number>`count(*)::int`,
      oldest: sql<string>`min(${createdAt})`,
    })
    .from(deliveries)
    .where(and(inArray(endpointId, [...ids]), inArray(state, ["waiting", "held"])))
    .groupBy(endpointId, state);
}
