import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { asSystem, type Context, work } from "../context.ts";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { putIntoOutbox } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";
import { claimPublicConfirmation, hashOf, newToken, type Topic } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";

const confirmHours = 48;
const job = "public-subscriptions";

type Row = typeof subscriptions.$inferSelect;
type SignUp = Pick<Row, "wishes" | "digest"> & {
  topic: Topic;
  address: string;
  language: "da" | "en";
  /** The text that the subscriber agrees to. */
  consentVersion: string;
  /** The address of the client: limits are counted by its network. */
  client: string;
};

/**
 * Sends the address a mail with a link to confirm what was chosen; nothing else happens until its button is pressed, also when the
 * address is subscribed already. Does not reveal whether it is. `check` throws for what cannot be chosen. Throws `too-many` when the
 * client asked too often.
 */
export async function signUp(
  ctx: Context,
  { client, ...wanted }: SignUp,
  how: { compose: (token: string) => OutboxContent; check?: (tx: Transaction) => Promise<void> },
): Promise<void> {
  await work(asSystem(ctx, job), async (tx) => {
    await how.check?.(tx);
    if (!(await claimPublicConfirmation(tx, { address: wanted.address, client }, ctx.now))) return;
    const [id, token] = [newId(), newToken()];
    await tx.insert(subscriptions).values({
      ...{ id, ...wanted, name: "", channel: "mail", state: "pending", secretHash: hashOf(token) },
      confirmBefore: new Date(ctx.now.getTime() + confirmHours * 3_600_000),
      createdAt: ctx.now,
    });
    const message = { subscriptionId: id, purpose: "confirmation", content: how.compose(token) } as const;
    await putIntoOutbox(tx, message, ctx.now);
  });
}

type Asked = { token: string; topics: readonly Topic[] };

const isOf = ({ token, topics }: Asked) =>
  and(inArray(subscriptions.topic, [...topics]), eq(subscriptions.secretHash, hashOf(token)));

/** What a link confirms, and whether it still can: `confirmed` when its button was pressed before. Undefined for an unknown link. */
export async function findConfirmation(ctx: Context, asked: Asked) {
  const [row] = await ctx.db.select().from(subscriptions).where(isOf(asked));
  if (!row) return undefined;
  const { topic, address, wishes, digest, language } = row;
  return { topic, address, wishes, digest, language, state: stateOf(row, ctx.now) };
}

function stateOf(row: Row, now: Date): "open" | "late" | "confirmed" {
  if (row.state !== "pending") return "confirmed";
  return row.confirmBefore && now < row.confirmBefore ? "open" : "late";
}

/**
 * Confirms what the link of a mail stands for. A confirmed subscription of the same address to the topic gets the new choice, and
 * keeps what it has been told. Again for a used link changes nothing. Throws `gone` when the link is too old or unknown.
 */
export async function confirmSubscription(ctx: Context, asked: Asked): Promise<void> {
  const isGone = await work(asSystem(ctx, job), async (tx) => {
    const [found] = await tx.select().from(subscriptions).where(isOf(asked));
    // One confirmation of an address at a time: of two, the second finds what the first made.
    await waitForLock(tx, "subscription-confirmations", `address ${found?.address?.toLowerCase()}`);
    const [row] = await tx.select().from(subscriptions).where(isOf(asked)).for("update");
    if (!row || stateOf(row, ctx.now) === "late") return true;
    if (row.state === "pending") await confirm(tx, row, ctx.now);
    return false;
  });
  if (isGone) throw new DomainError("gone", "confirmation-link-gone", { why: "expired" });
}

async function confirm(tx: Transaction, row: Row, now: Date): Promise<void> {
  const isConfirmed = and(
    eq(subscriptions.topic, row.topic),
    ne(subscriptions.state, "pending"),
    sql`${subscriptions.consentVersion} is not null`,
    sql`lower(${subscriptions.address}) = lower(${row.address})`,
  );
  const active = { state: "active" as const, confirmedAt: now, refusalsInRow: 0 };
  const [before] = await tx.select().from(subscriptions).where(isConfirmed).for("update");
  if (!before) {
    await tx.update(subscriptions).set(active).where(eq(subscriptions.id, row.id));
    return;
  }
  const { wishes, digest, language, secretHash, consentVersion } = row;
  await tx.delete(subscriptions).where(eq(subscriptions.id, row.id));
  await tx
    .update(subscriptions)
    .set({ ...active, wishes, digest, language, secretHash, consentVersion })
    .where(eq(subscriptions.id, before.id));
}
