import { and, eq, gt, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { lockReceiverOf } from "../outbox/index.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { isDeadAddress } from "./read-report.ts";
import { returnedMessage } from "./return-address.ts";

/** An address that sends back so many mails within so many days is suspended. */
export const suspendAfter = { bounces: 3, days: 30 } as const;

/**
 * Records that a mail came back, once for each message; a dead address is suspended by the rule. `text` holds the return address.
 * Returns what was done: nothing is known of a message that is gone, or of an address that nobody gave out.
 */
export async function recordBounce(
  ctx: Context,
  { text, status }: { text: string; status: string },
): Promise<"recorded" | "suspended" | "unknown"> {
  const messageId = returnedMessage(text);
  if (messageId === undefined) return "unknown";
  return await work(ctx, async (tx) => {
    const isMessage = eq(outboxMessages.id, messageId);
    const subscriptionId = await lockReceiverOf(tx, isMessage);
    if (subscriptionId === undefined) return "unknown";
    const [row] = await tx.select().from(outboxMessages).where(isMessage).for("update");
    if (!row) return "unknown";
    if (row.bouncedAt === null) {
      const bounce = { bouncedAt: ctx.now, bounceStatus: status };
      await tx.update(outboxMessages).set(bounce).where(isMessage);
    }
    return (await isDead(tx, subscriptionId, ctx.now)) ? "suspended" : "recorded";
  });
}

/** Suspends the receiver when enough mails came back since it was confirmed or resumed. */
async function isDead(tx: Transaction, subscriptionId: string, now: Date): Promise<boolean> {
  const [receiver] = await tx.select().from(subscriptions).where(eq(subscriptions.id, subscriptionId));
  if (receiver?.state !== "active") return receiver?.state === "suspended";
  const since = new Date(now.getTime() - suspendAfter.days * 86_400_000);
  const from = receiver.confirmedAt && receiver.confirmedAt > since ? receiver.confirmedAt : since;
  const returned = await tx
    .select({ status: outboxMessages.bounceStatus })
    .from(outboxMessages)
    .where(and(eq(outboxMessages.subscriptionId, subscriptionId), gt(outboxMessages.bouncedAt, from)));
  const dead = returned.filter(({ status }) => status !== null && isDeadAddress(status));
  if (dead.length < suspendAfter.bounces) return false;
  await tx.update(subscriptions).set({ state: sql`'suspended'` }).where(eq(subscriptions.id, subscriptionId));
  return true;
}
