import { and, desc, eq, gte, inArray, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Context } from "../context.ts";
import { type Endpoint, endpointCondition, getEndpoint } from "../endpoints/index.ts";
import { deliveries, endpointHours, endpointQueues } from "../messages/tables.ts";
import type { EndpointHealth } from "./schemas.ts";
import { endpointChecks, endpointProbes } from "./tables.ts";

const dayMilliseconds = 86_400_000;
const probesShown = 50;

const text = (at: Date | null | undefined) => at?.toISOString() ?? null;
const later = (a: Date | null | undefined, b: Date | null | undefined) =>
  !a || (b && b > a) ? (b ?? null) : a;

/** The health of an endpoint. Needs `endpoint.read`. Throws `not-found`, `not-allowed`. */
export async function endpointHealth(ctx: Context, input: { id: string }): Promise<EndpointHealth> {
  const endpoint = await getEndpoint(ctx, input);
  const [queue] = await ctx.db.select().from(endpointQueues).where(eq(endpointQueues.endpointId, input.id));
  const [check] = await ctx.db.select().from(endpointChecks).where(eq(endpointChecks.endpointId, input.id));
  return {
    endpointId: input.id,
    state: endpointCondition(endpoint, ctx.now),
    lastVerifiedAt: text(endpoint.lastVerifiedAt),
    lastSuccessAt: text(later(queue?.lastSuccessAt, check?.lastSuccessAt)),
    lastFailureAt: text(later(queue?.lastFailureAt, check?.lastFailureAt)),
    deliveries: {
      lastSuccessAt: text(queue?.lastSuccessAt),
      lastFailureAt: text(queue?.lastFailureAt),
      day: await countAttempts(ctx, input.id, 1),
      week: await countAttempts(ctx, input.id, 7),
    },
    breaker: breakerOf(queue, ctx.now),
    queue: await measureQueue(ctx, input.id),
    probes: {
      lastSuccessAt: text(check?.lastSuccessAt),
      lastFailureAt: text(check?.lastFailureAt),
      failuresInRow: check?.failuresInRow ?? 0,
      nextAt: endpoint.probeWith === "nothing" ? null : text(check?.nextProbeAt),
      folderWantedAt: text(check?.folderWantedAt),
      latest: await listProbes(ctx, input.id),
    },
    certificate: certificateOf(endpoint, ctx.now),
  };
}

function breakerOf(
  queue: typeof endpointQueues.$inferSelect | undefined,
  now: Date,
): EndpointHealth["breaker"] {
  const openUntil = queue?.openUntil ?? null;
  const state = openUntil === null ? "closed" : openUntil > now ? "open" : "probing";
  const { failuresInRow = 0, firstFailureAt = null } = queue ?? {};
  return { state, failuresInRow, firstFailureAt: text(firstFailureAt), openUntil: text(openUntil) };
}

async function countAttempts(ctx: Context, endpointId: string, days: number) {
  const since = new Date(ctx.now.getTime() - days * dayMilliseconds);
  const sum = (column: PgColumn) => sql<number>`coalesce(sum(${column}), 0)::int`;
  const [row] = await ctx.db
    .select({
      delivered: sum(endpointHours.delivered),
      refused: sum(endpointHours.refused),
      failed: sum(endpointHours.failed),
    })
    .from(endpointHours)
    .where(and(eq(endpointHours.endpointId, endpointId), gte(endpointHours.hour, since)));
  const { delivered = 0, refused = 0, failed = 0 } = row ?? {};
  const attempts = delivered + refused + failed;
  return { attempts, delivered, refused, failed, successRate: attempts === 0 ? null : delivered / attempts };
}

async function measureQueue(ctx: Context, endpointId: string): Promise<EndpointHealth["queue"]> {
  const rows = await ctx.db
    .select({
      state: deliveries.state,
      count: sql<number>`count(*)::int`,
      oldest: sql<string>`min(${deliveries.createdAt})`,
    })
    .from(deliveries)
    .where(and(eq(deliveries.endpointId, endpointId), inArray(deliveries.state, ["waiting", "held"])))
    .groupBy(deliveries.state);
  const countOf = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
  const oldest = rows.map((row) => new Date(row.oldest)).sort((a, b) => a.getTime() - b.getTime())[0];
  const seconds = oldest && Math.max(0, (ctx.now.getTime() - oldest.getTime()) / 1000);
  return {
    waiting: countOf("waiting"),
    held: countOf("held"),
    oldestAt: text(oldest),
    oldestSeconds: seconds === undefined ? null : Math.round(seconds),
  };
}

async function listProbes(ctx: Context, endpointId: string): Promise<EndpointHealth["probes"]["latest"]> {
  const rows = await ctx.db
    .select()
    .from(endpointProbes)
    .where(eq(endpointProbes.endpointId, endpointId))
    .orderBy(desc(endpointProbes.at), desc(endpointProbes.id))
    .limit(probesShown);
  return rows.map(({ at, origin, isUp, latencyMilliseconds, detail }) => {
    return { at: at.toISOString(), origin, isUp, latencyMilliseconds, detail };
  });
}

function certificateOf(
  { certificateSha256, certificateExpiresAt }: Endpoint,
  now: Date,
): EndpointHealth["certificate"] {
  if (certificateSha256 === null || certificateExpiresAt === null) return null;
  const daysLeft = Math.floor((certificateExpiresAt.getTime() - now.getTime()) / dayMilliseconds);
  return { sha256: certificateSha256, validTo: certificateExpiresAt.toISOString(), daysLeft };
}
