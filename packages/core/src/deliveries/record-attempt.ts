import { eq, inArray, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import {
  advance,
  type DeliveryRow,
  type Happening,
  lockDeliveries,
  lockMessagesOf,
  type MessageReason,
  type MessageState,
  nextState,
} from "../messages/index.ts";
import { deliveries, deliveryAttempts, endpointQueues } from "../messages/tables.ts";
import { reportNotDelivered } from "../own-receipts/index.ts";
import { hideText } from "../vault/index.ts";
import { advanceDeliveries, type DeliveryChange } from "./advance-delivery.ts";
import { countAttempts } from "./endpoint-hours.ts";
import {
  type AttemptDecision,
  type DeliveryOutcome,
  nextAttempt,
  nextBreaker,
  type RetryPolicy,
} from "./next-attempt.ts";
import type { TakenDelivery } from "./take-deliveries.ts";

export type Attempt = {
  delivery: Pick<TakenDelivery, "id" | "leaseToken" | "endpointId">;
  outcome: DeliveryOutcome;
  startedAt: Date;
  latencyMilliseconds: number;
  responseExcerpt: string | null;
  worker: string;
  /** 0 to 1, for the jitter of the next attempt. */
  random: number;
  gatewayParty: string;
  /** Absent: the default policy. */
  policy?: RetryPolicy;
};

/** The outcome of an attempt, for the worker's metrics. */
export type Recorded = {
  decision: AttemptDecision["kind"];
  messages: readonly { messageType: string; state: MessageState }[];
  /** From acceptance to delivery; null when it is not delivered. */
  secondsSinceAccepted: number | null;
};

const happeningOf: Record<AttemptDecision["kind"], Happening["event"]> = {
  done: "delivered",
  dead: "refused-by-receiver",
  expired: "given-up",
  retry: "attempt-failed",
};
const reasonOf: Partial<Record<AttemptDecision["kind"], MessageReason>> = {
  dead: "receiver-refused",
  expired: "time-ran-out",
};
const deliveryEventOf = {
  done: "delivered",
  dead: "refused",
  expired: "given-up",
  retry: "attempt-failed",
} as const;
const messageStateAfter = { done: "delivered", dead: "dead", expired: "expired", retry: "queued" } as const;

type Decided = {
  attempt: Attempt;
  row: DeliveryRow;
  decision: AttemptDecision;
  /** False when the lease expired and another process took over; a success is still recorded. */
  counts: boolean;
};

/** Records the outcome of an attempt: the attempt, the delivery, its messages, and the endpoint's circuit breaker. */
export async function recordAttempt(ctx: Context, attempt: Attempt): Promise<Recorded> {
  const [recorded] = await recordAttempts(ctx, [attempt]);
  if (!recorded) throw new Error("an attempt was not recorded");
  return recorded;
}

/**
 * Records several attempts, each of another delivery, in the order in which they ended, in one transaction: all or none. The
 * breaker of an endpoint is locked once for all of its attempts.
 */
export async function recordAttempts(ctx: Context, attempts: readonly Attempt[]): Promise<Recorded[]> {
  return await work(ctx, async (tx) => {
    const locked = await lockDeliveries(
      tx,
      attempts.map(({ delivery }) => delivery.id),
    );
    const rows = new Map(locked.map((row) => [row.id, row]));
    const decided = attempts.map((attempt) => decide(ctx, attempt, rows.get(attempt.delivery.id)));
    await tx.insert(deliveryAttempts).values(decided.map(attemptRow));
    await updateBreakers(tx, decided, ctx.now);
    const counting = decided.filter(({ counts }) => counts);
    await updateDeliveries(tx, counting, ctx.now);
    const moved = await moveMessages(tx, ctx, counting);
    const result = decided.map((one) => recordedOf(one, moved.get(one.row.id) ?? [], ctx.now));
    return result;
  });
}

function decide(ctx: Context, attempt: Attempt, row: DeliveryRow | undefined): Decided {
  if (!row) throw new Error("an attempt was recorded for a delivery that is not there");
  const { outcome, random, policy } = attempt;
  const asked = { attempts: row.attempts + 1, giveUpAt: row.giveUpAt };
  const decision = nextAttempt(asked, outcome, ctx.now, random, policy);
  const isMine = row.leaseToken === attempt.delivery.leaseToken && row.state === "waiting";
  return { attempt, row, decision, counts: isMine || decision.kind === "done" };
}

function recordedOf({ row, decision, counts }: Decided, messages: Recorded["messages"], now: Date): Recorded {
  if (!counts) return { decision: "retry", messages: [], secondsSinceAccepted: null };
  const waited = (now.getTime() - row.createdAt.getTime()) / 1000;
  return {
    decision: decision.kind,
    messages,
    secondsSinceAccepted: decision.kind === "done" ? waited : null,
  };
}

// Deliveries with the same outcome are updated in one statement; retries have a time each.
async function updateDeliveries(tx: Transaction, decided: readonly Decided[], now: Date): Promise<void> {
  const alike = Map.groupBy(decided, ({ decision }) => JSON.stringify(decision));
  for (const group of alike.values()) {
    const ids = group.map(({ row }) => row.id);
    const [{ decision } = {}] = group;
    if (decision) await advanceDeliveries(tx, now, { ids }, changeOf(decision));
  }
}

const changeOf = (decision: AttemptDecision): DeliveryChange => ({
  event: deliveryEventOf[decision.kind],
  set: {
    attempts: sql`${deliveries.attempts} + 1`,
    ...(decision.kind === "retry" && { nextAttemptAt: decision.at }),
  },
});

function attemptRow({ attempt, row }: Decided): typeof deliveryAttempts.$inferInsert {
  const { outcome, responseExcerpt } = attempt;
  return {
    id: newId(),
    deliveryId: row.id,
    endpointId: attempt.delivery.endpointId,
    number: row.attempts + 1,
    startedAt: attempt.startedAt,
    latencyMilliseconds: Math.round(attempt.latencyMilliseconds),
    outcome: outcome.kind,
    status: "status" in outcome ? (outcome.status ?? null) : null,
    error: "error" in outcome ? (outcome.error ?? null) : null,
    responseExcerpt: responseExcerpt === null ? null : hideText(responseExcerpt),
    worker: attempt.worker,
  };
}

// Breakers are locked in a fixed order to avoid deadlocks.
async function updateBreakers(tx: Transaction, decided: readonly Decided[], now: Date): Promise<void> {
  const byEndpoint = Map.groupBy(decided, ({ row }) => row.endpointId);
  const endpointIds = [...byEndpoint.keys()].filter((id) => id !== null);
  const breakers = await tx
    .select()
    .from(endpointQueues)
    .where(inArray(endpointQueues.endpointId, endpointIds))
    .orderBy(endpointQueues.endpointId)
    .for("update");
  for (const { endpointId, ...breaker } of breakers) {
    const attempts = (byEndpoint.get(endpointId) ?? []).map(({ attempt }) => attempt);
    let next = breaker;
    for (const { outcome, policy } of attempts) {
      const last = outcome.kind === "delivered" ? { lastSuccessAt: now } : { lastFailureAt: now };
      next = { ...next, ...nextBreaker(next, outcome, now, policy), ...last };
    }
    await tx.update(endpointQueues).set(next).where(eq(endpointQueues.endpointId, endpointId));
    const kinds = attempts.map(({ outcome }) => outcome.kind);
    await countAttempts(tx, endpointId, kinds, now);
  }
}

async function moveMessages(
  tx: Transaction,
  ctx: Context,
  decided: readonly Decided[],
): Promise<Map<string, Recorded["messages"]>> {
  const carried = await lockMessagesOf(
    tx,
    decided.map(({ row }) => row.id),
  );
  const byDelivery = Map.groupBy(carried, ({ deliveryId }) => deliveryId);
  const moves = decided.map((one) => ({
    ...one,
    moved: (byDelivery.get(one.row.id) ?? []).filter(({ state }) =>
      one.decision.kind === "done" ? nextState(state, "delivered") !== undefined : state === "delivering",
    ),
  }));
  await advance(
    tx,
    ctx,
    moves.flatMap(({ moved, decision, attempt }) => {
      const reason = reasonOf[decision.kind];
      const detail = detailOf(decision, attempt.outcome);
      return moved.map((message) => ({
        message,
        happenings: [{ event: happeningOf[decision.kind], detail }],
        ...(reason && { set: { reason } }),
      }));
    }),
  );
  for (const { moved, decision, attempt } of moves) {
    if (decision.kind !== "expired") continue;
    const messageIds = moved.map((message) => message.id);
    await reportNotDelivered(tx, ctx, { messageIds, gatewayParty: attempt.gatewayParty });
  }
  return new Map(
    moves.map(({ row, moved, decision }) => [
      row.id,
      moved.map(({ messageType }) => ({ messageType, state: messageStateAfter[decision.kind] })),
    ]),
  );
}

function detailOf(decision: AttemptDecision, outcome: DeliveryOutcome): Record<string, string | number> {
  return {
    outcome: outcome.kind,
    ...("status" in outcome && outcome.status !== undefined && { status: outcome.status }),
    ...("error" in outcome && outcome.error !== undefined && { error: outcome.error }),
    ...(decision.kind === "retry" && { nextAttemptAt: decision.at.toISOString() }),
  };
}
