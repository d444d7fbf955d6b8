import { and, eq, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import {
  isStillMine,
  isUnleased,
  type LeasedQueue,
  noLease,
  type TakenRow,
  takeDue,
} from "../queue/index.ts";
import type { Places } from "../shares/index.ts";
import { hashOf, newToken, type Topic } from "../subscriptions/index.ts";
import { subscriptionConfirmations, subscriptions } from "../subscriptions/tables.ts";
import { showText } from "../vault/index.ts";
import { keepFigures } from "./figures.ts";
import { tendLetters } from "./letters.ts";
import { nextSending, refusalsToSuspend, type SendingDecision, type SendingOutcome } from "./next-sending.ts";
import { showContent } from "./pack-messages.ts";
import { type OutboxContent, outboxEvents, outboxMessages } from "./tables.ts";

/** A message leased to this worker, and its destination. */
export type TakenMessage = TakenRow & {
  topic: Topic;
  purpose: "events" | "confirmation" | "test";
  channel: "mail" | "webhook";
  address: string;
  subscriptionId: string;
  signingSecrets: string[];
  content: OutboxContent;
  createdAt: Date;
  attempts: number;
  /** For its links; only its hash is stored. */
  unsubscribeToken: string;
  /** The language of the receiver; null: both. */
  language: "da" | "en" | null;
};

type OutboxQuestion = {
  limit: number;
  leaseSeconds: number;
  /** The channels that this process can serve; others wait. */
  channels: readonly ("mail" | "webhook")[];
  /** The slots of this process and how many of them are in use by each supplier. Absent: all slots are free for anybody. */
  places?: Places | undefined;
};
const outbox: LeasedQueue = {
  table: outboxMessages,
  id: outboxMessages.id,
  dueAt: outboxMessages.nextAttemptAt,
  isOpen: sql`${outboxMessages.state} = 'waiting'`,
};
const joined = sql`join ${subscriptions} on ${subscriptions.id} = ${outboxMessages.subscriptionId}`;
// The supplier whose receivers they are; one common holder for the gateway's own, and one for the public.
const holder = sql`coalesce(${subscriptions.supplierId}::text,
  case when ${subscriptions.topic} in ('alerts', 'changes') then 'gateway' else 'public' end)`;

// A confirmation is sent to a pending receiver, everything else only to an active one.
const isServedBy = (channels: OutboxQuestion["channels"]) => sql`
  ${subscriptions.channel} = any(${sql.param([...channels])}::text[])
  and (${subscriptions.state} = 'active'
    or (${subscriptions.state} = 'pending' and ${outboxMessages.purpose} = 'confirmation'))`;

/** Takes due messages under a lease, with a share of the slots for each supplier. */
export async function takeMessages(ctx: Context, question: OutboxQuestion): Promise<TakenMessage[]> {
  return await work(ctx, async (tx) => {
    const { channels, ...rest } = question;
    const where = isServedBy(channels);
    const leased = await takeDue(tx, outbox, { now: ctx.now, ...rest, joined, where, holder });
    const leaseOf = new Map(leased.map((row) => [row.id, row]));
    const due = await tx
      .select({ message: outboxMessages, subscription: subscriptions })
      .from(outboxMessages)
      .innerJoin(subscriptions, eq(subscriptions.id, outboxMessages.subscriptionId))
      .where(inArray(outboxMessages.id, [...leaseOf.keys()]))
      .orderBy(outboxMessages.nextAttemptAt);
    const taken: TakenMessage[] = [];
    for (const { message, subscription } of due) {
      const { channel, address } = subscription;
      const lease = leaseOf.get(message.id);
      if (channel === "feed" || address === null || !lease) continue;
      const unsubscribeToken = newToken();
      const { purpose, createdAt, attempts } = message;
      const content = showContent(message.content);
      const { id: subscriptionId, topic, language } = subscription;
      const signingSecrets = subscription.signingSecrets.map(showText);
      const to = { channel, address, subscriptionId, signingSecrets, unsubscribeToken };
      taken.push({ ...lease, topic, language, purpose, content, createdAt, attempts, ...to });
    }
    await keepTokens(tx, taken);
    return taken;
  });
}

/** Stores the hashes of the tokens in the links of all these messages with one statement. */
async function keepTokens(tx: Transaction, taken: readonly TakenMessage[]): Promise<void> {
  const ids = sql.param(taken.map(({ id }) => id));
  const hashes = sql.param(taken.map(({ unsubscribeToken }) => hashOf(unsubscribeToken)));
  await tx.execute(sql`update ${outboxMessages} set token_hashes = ${outboxMessages.tokenHashes} || given.hash
    from unnest(${ids}::uuid[], ${hashes}::text[]) as given(id, hash) where ${outboxMessages.id} = given.id`);
}

/** SQL: whether a message had this token in its links. */
export const hasToken = (token: string): SQL =>
  sql`${outboxMessages.tokenHashes} @> array[${hashOf(token)}]::text[]`;

/**
 * Locks the receiver of a message. Receivers are locked before their messages everywhere: the other order could deadlock with
 * pausing or removing the receiver.
 */
export async function lockReceiverOf(tx: Transaction, isMessage: SQL): Promise<string | undefined> {
  const [message] = await tx
    .select({ to: outboxMessages.subscriptionId })
    .from(outboxMessages)
    .where(isMessage);
  if (!message) return undefined;
  const isReceiver = eq(subscriptions.id, message.to);
  await tx.select().from(subscriptions).where(isReceiver).for("no key update");
  return message.to;
}

/** Records the outcome of an attempt; three consecutive refused messages suspend their receiver. */
export async function recordSending(
  ctx: Context,
  sending: {
    message: Pick<TakenMessage, "id" | "leaseToken">;
    outcome: SendingOutcome;
    /** 0 to 1, for the jitter of the next attempt. */
    random: number;
  },
): Promise<SendingDecision["state"]> {
  const { outcome } = sending;
  return await work(ctx, async (tx) => {
    const isMessage = eq(outboxMessages.id, sending.message.id);
    await lockReceiverOf(tx, isMessage);
    const [row] = await tx.select().from(outboxMessages).where(isMessage).for("update");
    // Unsubscribed meanwhile, or taken by another process after the lease expired: then only a success is recorded.
    if (row?.state !== "waiting" || (!isStillMine(row, sending.message) && outcome.kind !== "sent"))
      return "waiting" as const;
    const attempts = row.attempts + 1;
    const decision = nextSending({ attempts, giveUpAt: row.giveUpAt }, outcome, ctx.now, sending.random);
    await tx
      .update(outboxMessages)
      .set({
        attempts,
        state: decision.state,
        lastError: outcome.kind === "sent" ? null : outcome.error,
        ...noLease,
        ...(decision.state === "waiting" ? { nextAttemptAt: decision.nextAttemptAt } : { doneAt: ctx.now }),
      })
      .where(eq(outboxMessages.id, row.id));
    const isThis = eq(subscriptions.id, row.subscriptionId);
    if (decision.state === "sent") {
      await tx.update(subscriptions).set({ refusalsInRow: 0, lastSentAt: ctx.now }).where(isThis);
    }
    if (decision.state === "failed") {
      const refusals = sql`${subscriptions.refusalsInRow} + 1`;
      const state = sql`case when ${subscriptions.state} = 'active' and ${refusals} >= ${refusalsToSuspend}
        then 'suspended' else ${subscriptions.state} end`;
      await tx.update(subscriptions).set({ refusalsInRow: refusals, state }).where(isThis);
    }
    return decision.state;
  });
}

/** Marks mail that no process can send with the reason; returns how much is waiting. */
export async function markMailWaiting(ctx: Context, reason: string): Promise<number> {
  return await work(ctx, async (tx) => {
    const waiting = await tx
      .update(outboxMessages)
      .set({ lastError: reason })
      .from(subscriptions)
      .where(
        and(
          eq(outboxMessages.state, "waiting"),
          eq(subscriptions.id, outboxMessages.subscriptionId),
          eq(subscriptions.channel, "mail"),
        ),
      );
    return waiting.rowCount ?? 0;
  });
}

/** Ends what has timed out: messages not sent in a day, addresses not confirmed in a week, old records. */
export async function tendOutbox(ctx: Context, keepMonths: number): Promise<void> {
  const daysAgo = (days: number) => new Date(ctx.now.getTime() - days * 86_400_000);
  await work(ctx, async (tx) => {
    const isLate = and(
      eq(outboxMessages.state, "waiting"),
      lte(outboxMessages.giveUpAt, ctx.now),
      isUnleased(outboxMessages.leaseUntil, ctx.now),
    );
    await tx
      .update(outboxMessages)
      .set({ state: "expired", doneAt: ctx.now, ...noLease })
      .where(isLate);
    const isForgotten = and(eq(subscriptions.state, "pending"), lt(subscriptions.createdAt, daysAgo(7)));
    await tx.delete(subscriptions).where(isForgotten);
    await tx.delete(subscriptionConfirmations).where(lt(subscriptionConfirmations.askedAt, daysAgo(31)));
    const old = daysAgo(keepMonths * 31);
    await keepFigures(tx, lt(outboxMessages.doneAt, old));
    await tx.delete(outboxMessages).where(lt(outboxMessages.doneAt, old));
    await tx.delete(outboxEvents).where(lt(outboxEvents.dueAt, old));
    await tendLetters(tx, ctx.now);
  });
}
