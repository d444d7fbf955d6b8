import { createHash, randomBytes } from "node:crypto";
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
import { showText } from "../vault/index.ts";
import { nextSending, refusalsToSuspend, type SendingDecision, type SendingOutcome } from "./next-sending.ts";
import { showContent } from "./pack-messages.ts";
import { type AlertContent, alertConfirmations, alertMessages, alertSubscriptions } from "./tables.ts";

/** A message leased to this worker, and its destination. */
export type TakenAlertMessage = TakenRow & {
  purpose: "incidents" | "confirmation" | "test";
  channel: "mail" | "webhook";
  address: string;
  subscriptionId: string;
  signingSecrets: string[];
  content: AlertContent;
  createdAt: Date;
  attempts: number;
  /** For its unsubscribe link; only its hash is stored. */
  unsubscribeToken: string;
};

/** SHA-256 of a secret that only its receiver has, hexadecimal. */
export const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");

type OutboxQuestion = {
  limit: number;
  leaseSeconds: number;
  /** The channels that this process can serve; others wait. */
  channels: readonly ("mail" | "webhook")[];
  /** The slots of this process and how many of them are in use by each supplier. Absent: all slots are free for anybody. */
  places?: Places | undefined;
};
const outbox: LeasedQueue = {
  table: alertMessages,
  id: alertMessages.id,
  dueAt: alertMessages.nextAttemptAt,
  isOpen: sql`${alertMessages.state} = 'waiting'`,
};
const joined = sql`join ${alertSubscriptions} on ${alertSubscriptions.id} = ${alertMessages.subscriptionId}`;
// The supplier whose receivers they are; one common holder for the gateway's own.
const holder = sql`coalesce(${alertSubscriptions.supplierId}::text, 'gateway')`;

// A confirmation is sent to a pending receiver, everything else only to an active one.
const isServedBy = (channels: OutboxQuestion["channels"]) => sql`
  ${alertSubscriptions.channel} = any(${sql.param([...channels])}::text[])
  and (${alertSubscriptions.state} = 'active'
    or (${alertSubscriptions.state} = 'pending' and ${alertMessages.purpose} = 'confirmation'))`;

/** Takes due messages under a lease, with a share of the slots for each supplier. */
export async function takeAlertMessages(
  ctx: Context,
  question: OutboxQuestion,
): Promise<TakenAlertMessage[]> {
  return await work(ctx, async (tx) => {
    const { channels, ...rest } = question;
    const where = isServedBy(channels);
    const leased = await takeDue(tx, outbox, { now: ctx.now, ...rest, joined, where, holder });
    const leaseOf = new Map(leased.map((row) => [row.id, row]));
    const due = await tx
      .select({ message: alertMessages, subscription: alertSubscriptions })
      .from(alertMessages)
      .innerJoin(alertSubscriptions, eq(alertSubscriptions.id, alertMessages.subscriptionId))
      .where(inArray(alertMessages.id, [...leaseOf.keys()]))
      .orderBy(alertMessages.nextAttemptAt);
    const taken: TakenAlertMessage[] = [];
    for (const { message, subscription } of due) {
      const { channel, address } = subscription;
      const lease = leaseOf.get(message.id);
      if (channel === "feed" || address === null || !lease) continue;
      const unsubscribeToken = randomBytes(24).toString("base64url");
      await tx
        .update(alertMessages)
        .set({ tokenHashes: [...message.tokenHashes, hashOf(unsubscribeToken)] })
        .where(eq(alertMessages.id, message.id));
      const { purpose, createdAt, attempts } = message;
      const content = showContent(message.content);
      const { id: subscriptionId } = subscription;
      const signingSecrets = subscription.signingSecrets.map(showText);
      const to = { channel, address, subscriptionId, signingSecrets, unsubscribeToken };
      taken.push({ ...lease, purpose, content, createdAt, attempts, ...to });
    }
    return taken;
  });
}

/**
 * Locks the receiver of a message. Receivers are locked before their messages everywhere: the other order could deadlock with
 * pausing or removing the receiver.
 */
export async function lockReceiverOf(tx: Transaction, isMessage: SQL): Promise<string | undefined> {
  const [message] = await tx
    .select({ to: alertMessages.subscriptionId })
    .from(alertMessages)
    .where(isMessage);
  if (!message) return undefined;
  const isReceiver = eq(alertSubscriptions.id, message.to);
  await tx.select().from(alertSubscriptions).where(isReceiver).for("no key update");
  return message.to;
}

/** Records the outcome of an attempt; three consecutive refused messages suspend their receiver. */
export async function recordAlertSending(
  ctx: Context,
  sending: {
    message: Pick<TakenAlertMessage, "id" | "leaseToken">;
    outcome: SendingOutcome;
    /** 0 to 1, for the jitter of the next attempt. */
    random: number;
  },
): Promise<SendingDecision["state"]> {
  const { outcome } = sending;
  return await work(ctx, async (tx) => {
    const isMessage = eq(alertMessages.id, sending.message.id);
    await lockReceiverOf(tx, isMessage);
    const [row] = await tx.select().from(alertMessages).where(isMessage).for("update");
    // Unsubscribed meanwhile, or taken by another process after the lease expired: then only a success is recorded.
    if (row?.state !== "waiting" || (!isStillMine(row, sending.message) && outcome.kind !== "sent"))
      return "waiting" as const;
    const attempts = row.attempts + 1;
    const decision = nextSending({ attempts, giveUpAt: row.giveUpAt }, outcome, ctx.now, sending.random);
    await tx
      .update(alertMessages)
      .set({
        attempts,
        state: decision.state,
        lastError: outcome.kind === "sent" ? null : outcome.error,
        ...noLease,
        ...(decision.state === "waiting" ? { nextAttemptAt: decision.nextAttemptAt } : { doneAt: ctx.now }),
      })
      .where(eq(alertMessages.id, row.id));
    const isThis = eq(alertSubscriptions.id, row.subscriptionId);
    if (decision.state === "sent") {
      await tx.update(alertSubscriptions).set({ refusalsInRow: 0, lastSentAt: ctx.now }).where(isThis);
    }
    if (decision.state === "failed") {
      const refusals = sql`${alertSubscriptions.refusalsInRow} + 1`;
      const state = sql`case when ${alertSubscriptions.state} = 'active' and ${refusals} >= ${refusalsToSuspend}
        then 'suspended' else ${alertSubscriptions.state} end`;
      await tx.update(alertSubscriptions).set({ refusalsInRow: refusals, state }).where(isThis);
    }
    return decision.state;
  });
}

/** Marks mail that no process can send with the reason; returns how much is waiting. */
export async function markMailWaiting(ctx: Context, reason: string): Promise<number> {
  return await work(ctx, async (tx) => {
    const waiting = await tx
      .update(alertMessages)
      .set({ lastError: reason })
      .from(alertSubscriptions)
      .where(
        and(
          eq(alertMessages.state, "waiting"),
          eq(alertSubscriptions.id, alertMessages.subscriptionId),
          eq(alertSubscriptions.channel, "mail"),
        ),
      );
    return waiting.rowCount ?? 0;
  });
}

/** Ends what has timed out: messages not sent in a day, addresses not confirmed in a week, old records. */
export async function tendAlertOutbox(ctx: Context, keepMonths: number): Promise<void> {
  const daysAgo = (days: number) => new Date(ctx.now.getTime() - days * 86_400_000);
  await work(ctx, async (tx) => {
    const isLate = and(
      eq(alertMessages.state, "waiting"),
      lte(alertMessages.giveUpAt, ctx.now),
      isUnleased(alertMessages.leaseUntil, ctx.now),
    );
    await tx
      .update(alertMessages)
      .set({ state: "expired", doneAt: ctx.now, ...noLease })
      .where(isLate);
    const isForgotten = and(
      eq(alertSubscriptions.state, "pending"),
      lt(alertSubscriptions.createdAt, daysAgo(7)),
    );
    await tx.delete(alertSubscriptions).where(isForgotten);
    await tx.delete(alertConfirmations).where(lt(alertConfirmations.askedAt, daysAgo(31)));
    const old = daysAgo(keepMonths * 31);
    await tx.delete(alertMessages).where(lt(alertMessages.doneAt, old));
    await tx.execute(sql`delete from alert_incidents where closed_at < ${old}`);
  });
}
