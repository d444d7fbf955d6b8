import { and, countDistinct, gt, inArray, isNull, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { getEndpoint, listEndpoints } from "../endpoints/index.ts";
import { registrations } from "./tables.ts";

/** Use of an endpoint: the location numbers that receive there now or later, and their types. */
export type EndpointUse = { locations: number; types: number };

/** How much an endpoint is used. Needs `endpoint.read`; throws `not-found`. */
export async function endpointUse(ctx: Context, input: { id: string }): Promise<EndpointUse> {
  await getEndpoint(ctx, input);
  return (await usesOf(ctx, [input.id])).get(input.id) ?? { locations: 0, types: 0 };
}

/** How much each of a supplier's endpoints is used, by id; one that is not used is absent. Needs `endpoint.read`. */
export async function endpointUses(
  ctx: Context,
  input: { supplierId: string },
): Promise<ReadonlyMap<string, EndpointUse>> {
  const endpoints = await listEndpoints(ctx, input);
  return await usesOf(
    ctx,
    endpoints.map(({ id }) => id),
  );
}

async function usesOf(ctx: Context, ids: readonly string[]): Promise<ReadonlyMap<string, EndpointUse>> {
  const { endpointId, gln, messageType, version, supersededAt, validTo } = registrations;
  const rows = await ctx.db
    .select({
      endpointId,
      locations: countDistinct(gln),
      types: countDistinct(sql`(${messageType}, ${version})`),
    })
    .from(registrations)
    .where(
      and(inArray(endpointId, [...ids]), isNull(supersededAt), or(isNull(validTo), gt(validTo, ctx.now))),
    )
    .groupBy(endpointId);
  return new Map(rows.map(({ endpointId, ...use }) => [endpointId ?? "", use]));
}
