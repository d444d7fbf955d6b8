import { eq, or } from "drizzle-orm";
import { findQuarantine, loadReceivers, loadSupplier } from "../acceptance/index.ts";
import type { Context } from "../context.ts";
import { type EndpointCondition, endpointCondition, isPaused, mayReadEndpoints } from "../endpoints/index.ts";
import { endpoints, suppliers } from "../endpoints/tables.ts";
import {
  isSide,
  type MessageRow,
  receiverSide,
  requireVisibleMessage,
  senderSide,
  sideNamed,
} from "../messages/index.ts";
import { interchanges } from "../messages/tables.ts";
import { type MessageStep, possibleSteps } from "./possible-steps.ts";

/** A possible destination of a message. */
export type WayChoice = {
  endpointId: string;
  name: string;
  supplierName: string;
  transport: "webhook" | "mailbox" | "folder";
  isPaused: boolean;
  /** The register says that messages of this type and version are received there now. */
  isRegistered: boolean;
};

/** What the actor may do with a message in its current state; the actions themselves check again. */
export async function listSteps(ctx: Context, input: { id: string }): Promise<MessageStep[]> {
  const row = await requireVisibleMessage(ctx, input.id);
  const [interchange] = await ctx.db
    .select({ prunedAt: interchanges.payloadPrunedAt })
    .from(interchanges)
    .where(eq(interchanges.id, row.interchangeId));
  const quarantine = row.state === "held" ? await findQuarantine(ctx.db, row.id) : undefined;
  return possibleSteps({
    state: row.state,
    reason: row.reason,
    hasContent: interchange?.prunedAt === null,
    hasDelivery: row.deliveryId !== null,
    hold: quarantine && {
      takesTwo: quarantine.takesTwo,
      isOwn: isSide(ctx, sideNamed(row, quarantine.heldBy)),
    },
    isSender: isSide(ctx, senderSide(row)),
    isReceiver: isSide(ctx, receiverSide(row)),
  });
}

/**
 * Where a message could be rerouted: first where its receiver receives such messages now; for the receiver's own side also its
 * other open endpoints. Empty when it cannot be rerouted.
 */
export async function listWays(ctx: Context, input: { id: string }): Promise<WayChoice[]> {
  const row = await requireVisibleMessage(ctx, input.id);
  const registered = await registeredAt(ctx, row);
  const supplierId = await loadSupplier(ctx.db, row.receiver, ctx.now);
  const isOwn = supplierId !== null && isSide(ctx, receiverSide(row));
  if (registered === undefined && !isOwn) return [];
  const rows = await ctx.db
    .select({ endpoint: endpoints, supplierName: suppliers.name })
    .from(endpoints)
    .innerJoin(suppliers, eq(suppliers.id, endpoints.supplierId))
    .where(
      or(
        registered === undefined ? undefined : eq(endpoints.id, registered),
        isOwn ? eq(endpoints.supplierId, supplierId) : undefined,
      ),
    )
    .orderBy(endpoints.name, endpoints.id);
  const ways = rows
    .filter(({ endpoint }) => endpoint.state !== "closed")
    .map(({ endpoint, supplierName }) => ({
      endpointId: endpoint.id,
      name: endpoint.name,
      supplierName,
      transport: endpoint.transport,
      isPaused: isPaused(endpoint, ctx.now),
      isRegistered: endpoint.id === registered,
    }));
  return ways.toSorted((a, b) => Number(b.isRegistered) - Number(a.isRegistered));
}

async function registeredAt(ctx: Context, row: MessageRow): Promise<string | undefined> {
  const routeOf = await loadReceivers(ctx.db, [row.receiver], ctx.now);
  const route = routeOf({ id: row.receiver }, { code: row.messageType, version: row.version });
  return route.found ? route.endpointId : undefined;
}

/** What people who track a message may see of its endpoint. */
type NamedEndpoint = {
  name: string;
  supplierName: string;
  condition: EndpointCondition;
  /** Whether they may see more of it than this. */
  isReadable: boolean;
};

/** An endpoint's name with its supplier's, for people who track a message; undefined when there is none. */
export async function nameEndpoint(ctx: Context, input: { id: string }): Promise<NamedEndpoint | undefined> {
  const [found] = await ctx.db
    .select({ endpoint: endpoints, supplierName: suppliers.name })
    .from(endpoints)
    .innerJoin(suppliers, eq(suppliers.id, endpoints.supplierId))
    .where(eq(endpoints.id, input.id));
  if (!found) return undefined;
  const { endpoint, supplierName } = found;
  return {
    name: endpoint.name,
    supplierName,
    condition: endpointCondition(endpoint, ctx.now),
    isReadable: mayReadEndpoints(ctx, endpoint.supplierId),
  };
}
