import { and, countDistinct, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { getEndpoint } from "../endpoints/index.ts";
import { registrations } from "./tables.ts";

/** Use of an endpoint: the location numbers that receive there now or later, and their types. */
export type EndpointUse = { locations: number; types: number };

/** How much an endpoint is used. Needs `endpoint.read`; throws `not-found`. */
export async function endpointUse(ctx: Context, input: { id: string }): Promise<EndpointUse> {
  await getEndpoint(ctx, input);
  const [found] = await ctx.db
    .select({
      locations: countDistinct(registrations.gln),
      types: countDistinct(sql`(${registrations.messageType}, ${registrations.version})`),
    })
    .from(registrations)
    .where(
      and(
        eq(registrations.endpointId, input.id),
        isNull(registrations.supersededAt),
        or(isNull(registrations.validTo), gt(registrations.validTo, ctx.now)),
      ),
    );
  return found ?? { locations: 0, types: 0 };
}
