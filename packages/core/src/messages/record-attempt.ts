import { eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { hideText } from "../vault/index.ts";
import { advance, type Happening, lockMessagesOf } from "./advance.ts";
import { countAttempt } from "./endpoint-hours.ts";
import {
  type AttemptDecision,
  type DeliveryOutcome,
  nextAttempt,
  nextBreaker,
  type RetryPolicy,
} from "./next-attempt.ts";
import { reportNotDelivered } from "./report-not-delivered.ts";
import { type MessageReason, type MessageState, nextState } from "./states.ts";
import { deliveries, deliveryAttempts, endpointQueues } from "./tables.ts";
import type { TakenDelivery } from "./take-deliveries.ts";

export type Attempt = {
  delivery: Pick<TakenDelivery, "id" | "leaseToken">;
  outcome: DeliveryOutcome;
  startedAt: Date;
  latencyMilliseconds: number;
  responseExcerpt: string | null;
  worker: string;
  /** 0 to 1, for the jitter of the next attempt. */
  random: number;
  gatewayParty: string;
  /** The standard one when absent. */
  policy?: RetryPolicy;
};

/** What an attempt came to, for the worker's metrics. */
export type Recorded = {
  decision: AttemptDecision["kind"];
  messages: readonly { messageType: string; state: MessageState }[];
  /** From taking in to delivered; null when it is not delivered. */
  secondsSinceAccepted: number | null;
};

type DeliveryRow = typeof deliveries.$inferSelect;

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
const stateOf = { done: "done", dead: "dead", expired: "expired", retry: "waiting" } as const;

/** Writes down what an attempt came to: the attempt, the delivery, its messages, and the endpoint's breaker. */
export async function recordAttempt(ctx: Context, attempt: Attempt): Promise<Recorded> {
  const subject = { type: "interchange" as const, id: attempt.delivery.id };
  return await change(ctx, { action: "interchange.send", subject }, async (tx) => {
    const [row] = await tx
      .select()
      .from(deliveries)
      .where(eq(deliveries.id, attempt.delivery.id))
      .for("update");
    if (!row) throw new Error("an attempt was recorded for a delivery that is not there");
    const attempts = row.attempts + 1;
    const decision = nextAttempt(
      { attempts, giveUpAt: row.giveUpAt },
      attempt.outcome,
      ctx.now,
      attempt.random,
      attempt.policy,
    );
    await insertAttempt(tx, attempt, attempts);
    if (row.endpointId) await updateBreaker(tx, row.endpointId, attempt, ctx.now);
    const isMine = row.leaseToken === attempt.delivery.leaseToken && row.state === "waiting";
    // Who lost the lease only brings good news: another process is at it, and its word counts for all else.
    if (!isMine && decision.kind !== "done") {
      return { result: { decision: "retry", messages: [], secondsSinceAccepted: null }, entries: [] };
    }
    await tx
      .update(deliveries)
      .set(changeOf(row, attempts, decision, ctx.now))
      .where(eq(deliveries.id, row.id));
    const messages = await moveMessages(tx, ctx, row, decision, attempt);
    const waited = (ctx.now.getTime() - row.createdAt.getTime()) / 1000;
    const secondsSinceAccepted = decision.kind === "done" ? waited : null;
    return { result: { decision: decision.kind, messages, secondsSinceAccepted }, entries: [] };
  });
}

function changeOf(
  row: DeliveryRow,
  attempts: number,
  decision: AttemptDecision,
  now: Date,
): Partial<DeliveryRow> {
  return {
    attempts,
    state: stateOf[decision.kind],
    nextAttemptAt: decision.kind === "retry" ? decision.at : row.nextAttemptAt,
    doneAt: decision.kind === "retry" ? null : now,
    leaseToken: null,
    leaseUntil: null,
    leasedBy: null,
  };
}

async function insertAttempt(tx: Transaction, attempt: Attempt, number: number): Promise<void> {
  const { outcome } = attempt;
  await tx.insert(deliveryAttempts).values({
    id: newId(),
    deliveryId: attempt.delivery.id,
    number,
    startedAt: attempt.startedAt,
    latencyMilliseconds: Math.round(attempt.latencyMilliseconds),
    outcome: outcome.kind,
    status: "status" in outcome ? (outcome.status ?? null) : null,
    error: "error" in outcome ? (outcome.error ?? null) : null,
    responseExcerpt: attempt.responseExcerpt === null ? null : hideText(attempt.responseExcerpt),
    worker: attempt.worker,
  });
}

async function updateBreaker(
  tx: Transaction,
  endpointId: string,
  { outcome, policy }: Pick<Attempt, "outcome" | "policy">,
  now: Date,
): Promise<void> {
  const [breaker] = await tx
    .select()
    .from(endpointQueues)
    .where(eq(endpointQueues.endpointId, endpointId))
    .for("update");
  if (!breaker) return;
  const next = nextBreaker(breaker, outcome, now, policy);
  const last = outcome.kind === "delivered" ? { lastSuccessAt: now } : { lastFailureAt: now };
  await tx
    .update(endpointQueues)
    .set({ ...next, ...last })
    .where(eq(endpointQueues.endpointId, endpointId));
  await countAttempt(tx, endpointId, outcome.kind, now);
}

async function moveMessages(
  tx: Transaction,
  ctx: Context,
  row: DeliveryRow,
  decision: AttemptDecision,
  attempt: Attempt,
): Promise<{ messageType: string; state: MessageState }[]> {
  const carried = await lockMessagesOf(tx, [row.id]);
  const reason = reasonOf[decision.kind];
  const detail = detailOf(decision, attempt.outcome);
  const isMoved = (state: MessageState) =>
    decision.kind === "done" ? nextState(state, "delivered") !== undefined : state === "delivering";
  const moved = carried.filter((message) => isMoved(message.state));
  await advance(
    tx,
    ctx,
    moved.map((message) => ({
      message,
      happenings: [{ event: happeningOf[decision.kind], detail }],
      ...(reason && { set: { reason } }),
    })),
  );
  if (decision.kind === "expired") {
    const ids = moved.map((message) => message.id);
    await reportNotDelivered(tx, ctx, { messageIds: ids, gatewayParty: attempt.gatewayParty });
  }
  return moved.map(({ messageType, state }) => ({
    messageType,
    state:
      decision.kind === "retry"
        ? "queued"
        : decision.kind === "done"
          ? "delivered"
          : stateName(decision, state),
  }));
}

function stateName(decision: AttemptDecision, before: MessageState): MessageState {
  if (decision.kind === "dead") return "dead";
  return decision.kind === "expired" ? "expired" : before;
}

function detailOf(decision: AttemptDecision, outcome: DeliveryOutcome): Record<string, string | number> {
  return {
    outcome: outcome.kind,
    ...("status" in outcome && outcome.status !== undefined && { status: outcome.status }),
    ...("error" in outcome && outcome.error !== undefined && { error: outcome.error }),
    ...(decision.kind === "retry" && { nextAttemptAt: decision.at.toISOString() }),
  };
}
