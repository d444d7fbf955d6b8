import { eq } from "drizzle-orm";
import {
  endQuarantine,
  loadReceivers,
  loadSupplier,
  lockQuarantine,
  type Quarantine,
  requireHolder,
} from "../acceptance/index.ts";
import { type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { isPaused } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import {
  eitherSide,
  entryOf,
  isSide,
  lockDelivery,
  lockMessage,
  lockMessagesOf,
  type MessageRow,
  receiverSide,
  requireVisibleMessage,
  wrongState,
} from "../messages/index.ts";
import { isInHand } from "../queue/index.ts";
import { isMovable, moveMessages, type Way } from "../redirection/index.ts";
import type { RerouteOutcome } from "../tracking/index.ts";

type RerouteInput = {
  id: string;
  /** The new endpoint; without it the current register decides. */
  endpointId?: string | undefined;
  /** Reason; kept in the journal. */
  reason: string;
};

/**
 * Reroutes a message that has not been delivered: to where the register says now, or to a given endpoint. Either side may. Throws
 * `conflict`: `wrong-state` for what has been delivered, has ended or is being sent, `no-such-way` when the receiver does not
 * receive such messages there, `second-person-needed` for one whose release takes two persons, `held-by-other-side` for one that
 * the other side holds.
 */
export async function rerouteMessage(ctx: Context, input: RerouteInput): Promise<RerouteOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    if (!delivery || row.deliveryId !== delivery.id || !isMovable(row.state)) throw wrongState(row.state);
    if (isInHand(delivery, ctx.now)) throw wrongState("delivering");
    const quarantine = await lockQuarantine(tx, row.id);
    if (quarantine) requireReleasable(ctx, row, quarantine);
    const way = await findWay(tx, ctx, row, input.endpointId);
    if (way.endpointId === delivery.endpointId && row.state !== "dead") throw noSuchWay("already-there");
    if (quarantine) await endQuarantine(tx, row.id, quarantine.heldBy);
    const carried = await lockMessagesOf(tx, [delivery.id]);
    const left = carried.filter((other) => other.id !== row.id && isMovable(other.state));
    const moved = await moveMessages(tx, ctx, { delivery, messages: [row], left }, way);
    const result: RerouteOutcome = {
      id: row.id,
      state: way.isPaused ? "held" : "queued",
      endpointId: way.endpointId,
      transport: way.transport,
      interchangeId: moved.interchangeId,
      isNewEnvelope: moved.isNewEnvelope,
    };
    const { endpointId, interchangeId } = result;
    return { result, entries: [entryOf(row, { state: result.state, endpointId, interchangeId })] };
  });
}

// Rerouting a message releases it.
function requireReleasable(ctx: Context, row: MessageRow, quarantine: Quarantine): void {
  if (quarantine.takesTwo) {
    throw new DomainError("conflict", "release-takes-two", { fault: "second-person-needed" });
  }
  requireHolder(ctx, row, quarantine);
}

const noSuchWay = (reason: string) =>
  new DomainError("conflict", "no-such-way", { fault: "no-such-way", reason });

async function findWay(tx: Transaction, ctx: Context, row: MessageRow, named?: string): Promise<Way> {
  const routeOf = await loadReceivers(tx, [row.receiver], ctx.now);
  const route = routeOf({ id: row.receiver }, { code: row.messageType, version: row.version });
  if (named === undefined) {
    if (!route.found) throw noSuchWay(route.reason);
    return { ...route, isChosen: false };
  }
  if (route.found && route.endpointId === named) return { ...route, isChosen: true };
  // Without a registration only the receiver itself may choose the endpoint, and only one of its own.
  const [endpoint] = await tx.select().from(endpoints).where(eq(endpoints.id, named));
  const supplierId = await loadSupplier(tx, row.receiver, ctx.now);
  const isOwn = endpoint !== undefined && supplierId !== null && endpoint.supplierId === supplierId;
  if (!isOwn || endpoint.state === "closed" || !isSide(ctx, receiverSide(row)))
    throw noSuchWay("not-received-there");
  const { transport } = endpoint;
  return { endpointId: named, transport, isPaused: isPaused(endpoint, ctx.now), isChosen: true };
}

/** The outcome for one of several messages: done, or the reason why not. */
export type OneOfMany<Done> = { id: string; done: Done } | { id: string; refused: string };

/** Runs an operation for each of several messages; a refusal of one does not stop the others. */
export async function forEachMessage<Done>(
  ids: readonly string[],
  act: (id: string) => Promise<Done>,
): Promise<OneOfMany<Done>[]> {
  const outcomes: OneOfMany<Done>[] = [];
  for (const id of new Set(ids)) {
    try {
      outcomes.push({ id, done: await act(id) });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { fault, reason } = error.details;
      const refused = [reason, fault, error.code].find((text) => typeof text === "string");
      outcomes.push({ id, refused: refused ?? error.code });
    }
  }
  return outcomes;
}

/** Reroutes several messages, each in a transaction of its own; returns the outcome of each. */
export async function rerouteMessages(
  ctx: Context,
  input: { ids: readonly string[]; endpointId?: string | undefined; reason: string },
): Promise<OneOfMany<RerouteOutcome>[]> {
  const { endpointId, reason } = input;
  return await forEachMessage(input.ids, (id) => rerouteMessage(ctx, { id, endpointId, reason }));
}
