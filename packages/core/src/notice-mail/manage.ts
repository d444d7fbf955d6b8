import { and, eq, inArray, ne, or, sql } from "drizzle-orm";
import { asSystem, type Context, work } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { hasToken } from "../outbox/index.ts";
import { outboxMessages } from "../outbox/tables.ts";
import { hashOf, type Topic } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { type NoticeWishes, noticeWishes } from "./schemas.ts";
import { requireServices } from "./sign-up.ts";

const job = "notice-subscriptions";

type Token = { token: string };
type Choice = { wishes: NoticeWishes; digest: "at-once" | "daily"; language: "da" | "en" };

/** SQL: the confirmed subscription to which a mail with this token was sent, or whose confirmation it was. */
const isOfToken = (token: string, of: readonly Topic[] = ["notices"]) =>
  and(
    inArray(subscriptions.topic, [...of]),
    ne(subscriptions.state, "pending"),
    or(
      eq(subscriptions.secretHash, hashOf(token)),
      sql`${subscriptions.id} in (select ${outboxMessages.subscriptionId} from ${outboxMessages} where ${hasToken(token)})`,
    ),
  );

async function rowOf(db: ReadDatabase | Transaction, { token }: Token) {
  const [row] = await db.select().from(subscriptions).where(isOfToken(token));
  return row;
}

/** The subscription that the links of a mail lead to. Undefined for unknown ones, and after it was ended. */
export async function findNoticeSubscription(ctx: Context, input: Token) {
  const row = await rowOf(ctx.db, input);
  if (!row) return undefined;
  const { address, digest, language, state, confirmedAt, lastSentAt } = row;
  const isSuspended = state === "suspended";
  return { address, ...noticeWishes(row), digest, language, isSuspended, confirmedAt, lastSentAt };
}

async function editOf(
  ctx: Context,
  input: Token,
  edit: (tx: Transaction, id: string) => Promise<void>,
  of?: readonly Topic[],
): Promise<boolean> {
  return await work(asSystem(ctx, job), async (tx) => {
    const [row] = await tx.select().from(subscriptions).where(isOfToken(input.token, of)).for("update");
    if (row) await edit(tx, row.id);
    return row !== undefined;
  });
}

const gone = () => new DomainError("gone", "subscription-gone", { why: "ended" });

/** Changes what a subscriber wants. Throws `gone` when the subscription was ended, `invalid` for an unknown service. */
export async function changeNoticeSubscription(ctx: Context, input: Token & Choice): Promise<void> {
  const { wishes, digest, language } = input;
  const isDone = await editOf(ctx, input, async (tx, id) => {
    await requireServices(tx, wishes);
    await tx.update(subscriptions).set({ wishes, digest, language }).where(eq(subscriptions.id, id));
  });
  if (!isDone) throw gone();
}

/** Sends again to an address that was suspended because it refused mail. Throws `gone` when the subscription was ended. */
export async function resumeNoticeSubscription(ctx: Context, input: Token): Promise<void> {
  const isDone = await editOf(ctx, input, async (tx, id) => {
    const isSuspended = and(eq(subscriptions.id, id), eq(subscriptions.state, "suspended"));
    await tx.update(subscriptions).set({ state: "active", refusalsInRow: 0 }).where(isSuspended);
  });
  if (!isDone) throw gone();
}

// Those whose mails lead to the portal's page for unsubscribing.
const endedByToken: readonly Topic[] = ["notices", "watches"];

/** Whether there is a subscription to notices, or watches of an account, that the links of a mail can end. */
export async function canUnsubscribe(ctx: Context, { token }: Token): Promise<boolean> {
  return (await ctx.db.$count(subscriptions, isOfToken(token, endedByToken))) > 0;
}

/**
 * Ends the subscription, or the watches, of a mail, and deletes its address with everything that was sent to it. Does not reveal
 * whether there was one.
 */
export async function unsubscribe(ctx: Context, input: Token): Promise<void> {
  const end = async (tx: Transaction, id: string) => {
    await tx.delete(subscriptions).where(eq(subscriptions.id, id));
  };
  await editOf(ctx, input, end, endedByToken);
}
