import { and, asc, eq, inArray, lt, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { isStillMine, type LeasedQueue, noLease, type TakenRow, takeDue } from "../queue/index.ts";
import { nextSending, type SendingOutcome } from "./next-sending.ts";
import { giveUpAfterSeconds, hideContent, showContent } from "./pack-messages.ts";
import { letters, type OutboxContent } from "./tables.ts";

/** A mail to one person who subscribes to nothing, leased to this worker. */
export type TakenLetter = TakenRow & {
  purpose: (typeof letters.$inferSelect)["purpose"];
  to: string;
  replyTo: string | null;
  content: OutboxContent;
  createdAt: Date;
};

const keptDays = 30;

const queue: LeasedQueue = {
  table: letters,
  id: letters.id,
  dueAt: letters.nextAttemptAt,
  isOpen: sql`${letters.state} = 'waiting'`,
};

/** Queues a mail to one person; its content is stored encrypted, and deleted when it is sent. Returns its id. */
export async function putLetter(
  tx: Transaction,
  letter: Pick<typeof letters.$inferInsert, "purpose" | "to" | "replyTo"> & { content: OutboxContent },
  now: Date,
): Promise<string> {
  const id = newId();
  const giveUpAt = new Date(now.getTime() + giveUpAfterSeconds * 1000);
  const row = { ...letter, content: hideContent(letter.content), state: "waiting" as const };
  await tx.insert(letters).values({ id, ...row, createdAt: now, nextAttemptAt: now, giveUpAt });
  return id;
}

/** Takes due letters under a lease. */
export async function takeLetters(
  ctx: Context,
  { limit, leaseSeconds }: { limit: number; leaseSeconds: number },
): Promise<TakenLetter[]> {
  return await work(ctx, async (tx) => {
    const leased = await takeDue(tx, queue, { now: ctx.now, limit, leaseSeconds, holder: sql`'letters'` });
    const leaseOf = new Map(leased.map((row) => [row.id, row]));
    const rows = await tx
      .select()
      .from(letters)
      .where(inArray(letters.id, [...leaseOf.keys()]))
      .orderBy(asc(letters.nextAttemptAt));
    return rows.flatMap(({ id, purpose, to, replyTo, content, createdAt }) => {
      const lease = leaseOf.get(id);
      return lease ? [{ ...lease, purpose, to, replyTo, content: showContent(content), createdAt }] : [];
    });
  });
}

/** Records the outcome of an attempt. A letter that was sent is deleted; one that cannot be sent is kept for a month. */
export async function recordLetter(
  ctx: Context,
  { letter, outcome, random }: { letter: TakenRow; outcome: SendingOutcome; random: number },
): Promise<"sent" | "waiting" | "failed"> {
  return await work(ctx, async (tx) => {
    const isThis = eq(letters.id, letter.id);
    const [row] = await tx.select().from(letters).where(isThis).for("update");
    if (row?.state !== "waiting" || (!isStillMine(row, letter) && outcome.kind !== "sent")) return "waiting";
    const attempts = row.attempts + 1;
    const decision = nextSending({ attempts, giveUpAt: row.giveUpAt }, outcome, ctx.now, random);
    if (decision.state === "sent") {
      await tx.delete(letters).where(isThis);
      return "sent";
    }
    const later =
      decision.state === "waiting"
        ? { nextAttemptAt: decision.nextAttemptAt }
        : { state: "failed" as const, doneAt: ctx.now };
    await tx
      .update(letters)
      .set({ attempts, ...noLease, ...later })
      .where(isThis);
    return decision.state === "waiting" ? "waiting" : "failed";
  });
}

/** Deletes letters that could not be sent after a month. */
export async function tendLetters(tx: Transaction, now: Date): Promise<void> {
  const old = new Date(now.getTime() - keptDays * 86_400_000);
  await tx.delete(letters).where(and(eq(letters.state, "failed"), lt(letters.doneAt, old)));
}
