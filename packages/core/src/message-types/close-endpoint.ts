import { eq } from "drizzle-orm";
import type { ChangedSubject, Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { changeEndpoint, type Endpoint, type EndpointRow, requireOpen } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import type { ExpectedEtag } from "../etag.ts";
import { lastingAt, moveRegistrations } from "./move-registrations.ts";
import type { EndpointClosing, EndpointDrain } from "./schemas.ts";

/** The resulting endpoint, and how many location numbers were moved from it. */
export type EndpointEnd = { endpoint: Endpoint; movedLocations: number };
type Named = { id: string; etag?: ExpectedEtag };

const stillUsed = (locationNumbers: number) =>
  new DomainError("conflict", "endpoint-in-use", {
    fault: "endpoint-in-use",
    locationNumbers,
  });

/** Makes sure that nothing is received at the endpoint from now on: registrations move to `moveTo`, or the call is refused. */
async function clear(
  tx: Transaction,
  ctx: Context,
  before: EndpointRow,
  moveTo: string | null,
): Promise<{ also: ChangedSubject[]; movedLocations: number }> {
  if (moveTo !== null) await requireTakingOver(tx, before, moveTo);
  const rows = await lastingAt(tx, before.id, ctx.now);
  if (rows.length === 0) return { also: [], movedLocations: 0 };
  if (moveTo === null) throw stillUsed(new Set(rows.map((row) => row.gln)).size);
  const also = await moveRegistrations(tx, ctx, { rows, to: moveTo, supplierId: before.supplierId });
  return { also, movedLocations: also.length };
}

async function requireTakingOver(tx: Transaction, before: EndpointRow, moveTo: string): Promise<void> {
  const [found] = await tx.select().from(endpoints).where(eq(endpoints.id, moveTo)).for("share");
  const isGood =
    found !== undefined &&
    found.id !== before.id &&
    found.supplierId === before.supplierId &&
    found.state !== "closed" &&
    found.drainThen !== "closed";
  if (isGood) return;
  throw new DomainError("invalid", "not-taking-over", {
    field: "moveTo",
    fault: "not-taking-over",
  });
}

/**
 * Closes an endpoint permanently. `conflict` (`endpoint-in-use`) while location numbers receive there, unless `moveTo` is given.
 * Waiting messages are sent to the endpoint that then receives them, or reported to the sender as not delivered.
 */
export async function closeEndpoint(ctx: Context, input: Named & EndpointClosing): Promise<EndpointEnd> {
  const { id, etag, moveTo, reason } = input;
  return await changeEndpoint(ctx, { id, etag, comment: reason }, async (tx, before) => {
    requireOpen(before);
    const { also, movedLocations } = await clear(tx, ctx, before, moveTo);
    const ended = { pausedUntil: null, pauseReason: null, drainingSince: null, drainThen: null };
    return {
      set: { state: "closed", ...ended },
      also,
      give: (endpoint) => ({ endpoint, movedLocations }),
    };
  });
}

/**
 * Lets an endpoint finish the messages accepted for it until now; messages accepted later are held. When it is empty it is paused
 * or closed; if it is to be closed, no location number may receive there, as for `closeEndpoint`.
 */
export async function drainEndpoint(ctx: Context, input: Named & EndpointDrain): Promise<EndpointEnd> {
  const { id, etag, endsAs, moveTo, reason } = input;
  return await changeEndpoint(ctx, { id, etag, comment: reason }, async (tx, before) => {
    requireOpen(before);
    const { also, movedLocations } =
      endsAs === "closed" ? await clear(tx, ctx, before, moveTo) : { also: [], movedLocations: 0 };
    const pause = { state: "paused" as const, pausedUntil: null, pauseReason: reason };
    return {
      set: { ...pause, drainingSince: ctx.now, drainThen: endsAs },
      also,
      give: (endpoint) => ({ endpoint, movedLocations }),
    };
  });
}
