import { and, eq, isNotNull, min, ne, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { forgetOldHours } from "../deliveries/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { endpointChecks } from "./tables.ts";

export type EndpointFigures = {
  /** Until the first certificate of an endpoint in use expires; negative when it has; null when none is known. */
  certificateExpirySeconds: number | null;
  /** Webhooks in use, by the result of the last probe. */
  answering: { up: number; down: number; unknown: number };
};

/** The health of all endpoints; for metrics, so without any identifier. */
export async function measureEndpoints(ctx: Context): Promise<EndpointFigures> {
  const inUse = and(ne(endpoints.state, "closed"), eq(endpoints.transport, "webhook"));
  const [first] = await ctx.db
    .select({ at: min(endpoints.certificateExpiresAt) })
    .from(endpoints)
    .where(and(inUse, isNotNull(endpoints.certificateExpiresAt)));
  const isUp = sql`coalesce(${endpointChecks.lastSuccessAt}, '-infinity') >= coalesce(${endpointChecks.lastFailureAt}, '-infinity')`;
  const isAsked = sql`coalesce(${endpointChecks.lastSuccessAt}, ${endpointChecks.lastFailureAt}) is not null`;
  const [counts] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      up: sql<number>`(count(*) filter (where ${isAsked} and ${isUp}))::int`,
      down: sql<number>`(count(*) filter (where ${isAsked} and not ${isUp}))::int`,
    })
    .from(endpoints)
    .leftJoin(endpointChecks, eq(endpointChecks.endpointId, endpoints.id))
    .where(inUse);
  const { all = 0, up = 0, down = 0 } = counts ?? {};
  const certificateExpirySeconds = first?.at ? (first.at.getTime() - ctx.now.getTime()) / 1000 : null;
  return { certificateExpirySeconds, answering: { up, down, unknown: all - up - down } };
}

/**
 * Copies the hour of each endpoint's last success to where lookups read it, and deletes old counts. The resolution of an hour
 * limits it to one change per hour and endpoint; it is not a register change, so it is not journalled.
 */
export async function noteVerifications(ctx: Context): Promise<number> {
  return await work(ctx, async (tx) => {
    const noted = await tx.execute(sql`
      update endpoints e set last_verified_at = seen.hour
      from (
        select s.endpoint_id, to_timestamp(floor(extract(epoch from max(s.last_success_at)) / 3600) * 3600) as hour,
          max(s.last_success_at) as at
        from (select endpoint_id, last_success_at from endpoint_queues
          union all select endpoint_id, last_success_at from endpoint_checks) s
        where s.last_success_at is not null group by s.endpoint_id
      ) seen
      where seen.endpoint_id = e.id and (e.address_since is null or seen.at >= e.address_since)
        and (e.last_verified_at is null or e.last_verified_at < seen.hour)`);
    await forgetOldHours(tx, ctx.now);
    return noted.rowCount ?? 0;
  });
}
