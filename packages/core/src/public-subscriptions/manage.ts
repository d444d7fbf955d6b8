import { and, eq, inArray, ne, or, sql } from "drizzle-orm";
import { asSystem, type Context, work } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { countUnsubscribed, hasToken, keepFigures } from "../outbox/index.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { hashOf, type Topic } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";

const job = "public-subscriptions";

type Asked = { token: string; topics: readonly Topic[] };

/** SQL: the confirmed subscription to which a mail with this token was sent, or whose confirmation it was. */
const isOfToken = ({ token, topics }: Asked) =>
  and(
    inArray(subscriptions.topic, [...topics]),
    ne(subscriptions.state, "pending"),
    or(
      eq(subscriptions.secretHash, hashOf(token)),
      sql`${subscriptions.id} in (select ${outboxMessages.subscriptionId} from ${outboxMessages} where ${hasToken(token)})`,
    ),
  );

async function rowOf(db: ReadDatabase | Transaction, asked: Asked) {
  const [row] = await db.select().from(subscriptions).where(isOfToken(asked));
  return row;
}

/** The subscription that the links of a mail lead to. Undefined for unknown ones, and after it was ended. */
export async function findSubscription(ctx: Context, asked: Asked) {
  const row = await rowOf(ctx.db, asked);
  if (!row) return undefined;
  const { topic, address, wishes, digest, language, state, confirmedAt, lastSentAt } = row;
  const isSuspended = state === "suspended";
  return { topic, address, wishes, digest, language, isSuspended, confirmedAt, lastSentAt };
}

async function editOf(
  ctx: Context,
  asked: Asked,
  edit: (tx: Transaction, id: string) => Promise<void>,
): Promise<boolean> {
  return await work(asSystem(ctx, job), async (tx) => {
    const [row] = await tx.select().from(subscriptions).where(isOfToken(asked)).for("update");
    if (row) await edit(tx, row.id);
    return row !== undefined;
  });
}

const gone = () => new DomainError("gone", "subscription-gone", { why: "ended" });

type Choice = Partial<Pick<typeof subscriptions.$inferSelect, "wishes" | "digest" | "language">>;

/** Changes what a subscriber wants; `check` throws for what cannot be chosen. Throws `gone` when the subscription was ended. */
export async function changeSubscription(
  ctx: Context,
  asked: Asked,
  choice: Choice,
  check?: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const isDone = await editOf(ctx, asked, async (tx, id) => {
    await check?.(tx);
    await tx.update(subscriptions).set(choice).where(eq(subscriptions.id, id));
  });
  if (!isDone) throw gone();
}

/** Sends again to an address that was suspended because it refused mail. Throws `gone` when the subscription was ended. */
export async function resumeSubscription(ctx: Context, asked: Asked): Promise<void> {
  const isDone = await editOf(ctx, asked, async (tx, id) => {
    const isSuspended = and(eq(subscriptions.id, id), eq(subscriptions.state, "suspended"));
    await tx
      .update(subscriptions)
      .set({ state: "active", refusalsInRow: 0, confirmedAt: ctx.now })
      .where(isSuspended);
  });
  if (!isDone) throw gone();
}

/** Those whose mails lead to the portal's page for unsubscribing: of the public, and watches of accounts. */
const endedByToken: readonly Topic[] = ["notices", "watches", "news", "newsletter"];

/** Whether there is a subscription that the links of a mail can end. */
export async function canUnsubscribe(ctx: Context, { token }: { token: string }): Promise<boolean> {
  return (await ctx.db.$count(subscriptions, isOfToken({ token, topics: endedByToken }))) > 0;
}

/**
 * Ends the subscription of a mail, and deletes its address with everything that was sent to it. Does not reveal whether there was
 * one.
 */
export async function unsubscribe(ctx: Context, { token }: { token: string }): Promise<void> {
  await editOf(ctx, { token, topics: endedByToken }, async (tx, id) => {
    await countUnsubscribed(tx, hasToken(token));
    await keepFigures(tx, eq(outboxMessages.subscriptionId, id));
    await tx.delete(subscriptions).where(eq(subscriptions.id, id));
  });
}
