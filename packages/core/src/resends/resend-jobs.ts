import { and, desc, eq, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { asRehearsal, type Context, change, changedBy, work } from "../context.ts";
import { newId, type ReadDatabase, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { findVisibility, senderSide } from "../messages/index.ts";
import { messages } from "../messages/tables.ts";
import { type ChosenMessages, chooseMessages, type MessageChoice } from "./choose-messages.ts";
import type { ResendJob, ResendPlan } from "./schemas.ts";
import { resendJobs, resendMessages } from "./tables.ts";

const jobsAtOnce = 5;
const insertedAtOnce = 1000;
const daysKept = 30;

type Starting = { choice: MessageChoice; reason: string };

/** What resending these messages would result in. */
export async function planResends(ctx: Context, choice: MessageChoice): Promise<ResendPlan> {
  return planOf(await chooseMessages(ctx, choice));
}

const planOf = ({ matched, send, leftOut }: ChosenMessages): ResendPlan => ({
  ...{ matched, willSend: send.length, leftOut },
});

/** What `startResends` would result in, without doing it: the same errors, or what would be sent. */
export async function rehearseResends(ctx: Context, input: Starting): Promise<ResendPlan> {
  const chosen = await chooseMessages(ctx, input.choice);
  await start(asRehearsal(ctx), chosen, input.reason);
  return planOf(chosen);
}

/**
 * Starts a job that resends messages, each as `resendMessage` does; workers process it in small batches, and continue it after a
 * crash. Throws `conflict`: `nothing-to-resend` when all of them are left out, `too-many-resends` while five of the actor's jobs
 * are running.
 */
export async function startResends(ctx: Context, input: Starting): Promise<ResendJob> {
  return await getResends(ctx, await start(ctx, await chooseMessages(ctx, input.choice), input.reason));
}

async function start(
  ctx: Context,
  { send, leftOut }: ChosenMessages,
  reason: string,
): Promise<{ id: string }> {
  const { actor, now } = ctx;
  if (actor.kind !== "user" && actor.kind !== "key") {
    throw new DomainError("not-signed-in", "sign-in-first", { action: "interchange.send" });
  }
  if (!send[0]) {
    throw new DomainError("conflict", "nothing-to-resend", {
      fault: "nothing-to-resend",
      leftOut,
    });
  }
  const what = { ...(await sideOf(ctx.db, send[0])), comment: reason, once: true } as const;
  return await change(ctx, what, async (tx) => {
    // Serialises concurrent requests, so that the second counts the first.
    await waitForLock(tx, "resends", actor.id);
    const own = and(eq(resendJobs.actorId, actor.id), isNull(resendJobs.endedAt));
    if ((await tx.$count(resendJobs, own)) >= jobsAtOnce) {
      throw new DomainError("conflict", "too-many-resends", { fault: "too-many-resends" });
    }
    const id = newId();
    const asker = { actorKind: actor.kind, actorId: actor.id, supplierId: actor.supplierId };
    await tx
      .insert(resendJobs)
      .values({ id, ...asker, reason, messages: send.length, leftOut, createdAt: now });
    const rows = send.map((messageId, index) => ({ jobId: id, position: index + 1, messageId }));
    for (let at = 0; at < rows.length; at += insertedAtOnce) {
      await tx.insert(resendMessages).values(rows.slice(at, at + insertedAtOnce));
    }
    const entry = { subjectType: "resend", subjectId: id, after: { messages: send.length } };
    return { result: { id }, entries: [entry] };
  });
}

/** In whose name a job is started and stopped: the sender of its first message. */
async function sideOf(db: ReadDatabase, messageId: string) {
  const [first] = await db.select().from(messages).where(eq(messages.id, messageId));
  if (!first) throw new DomainError("not-found", "no-such-message");
  return senderSide(first);
}

const notFound = () => new DomainError("not-found", "no-such-resend");

async function requireVisibleJob(ctx: Context, id: string) {
  const visibility = await findVisibility(ctx);
  const [job] = await ctx.db.select().from(resendJobs).where(eq(resendJobs.id, id));
  if (!job) throw notFound();
  if (visibility.kind === "all") return job;
  const isOwn = "id" in ctx.actor && ctx.actor.kind === job.actorKind && ctx.actor.id === job.actorId;
  const isSuppliers =
    job.supplierId !== null &&
    visibility.limitedTo === null &&
    visibility.supplierIds.includes(job.supplierId);
  if (!isOwn && !isSuppliers) throw notFound();
  return job;
}

/** The progress of a job: visible to who started it and to others of the same supplier. Throws `not-found`. */
export async function getResends(ctx: Context, input: { id: string }): Promise<ResendJob> {
  const job = await requireVisibleJob(ctx, input.id);
  const rows = await ctx.db
    .select({
      refused: resendMessages.refused,
      isSent: sql<boolean>`${resendMessages.copyId} is not null`,
      count: sql<number>`count(*)::int`,
    })
    .from(resendMessages)
    .where(eq(resendMessages.jobId, job.id))
    .groupBy(sql`1, 2`);
  const sum = (list: typeof rows) => list.reduce((total, { count }) => total + count, 0);
  const refused = rows.flatMap(({ refused, count }) => (refused === null ? [] : [[refused, count] as const]));
  return {
    id: job.id,
    state: job.endedAt === null ? "running" : job.isStopped ? "stopped" : "ended",
    reason: job.reason,
    messages: job.messages,
    sent: sum(rows.filter(({ isSent }) => isSent)),
    refused: Object.fromEntries(refused),
    waiting: sum(rows.filter(({ isSent, refused }) => !isSent && refused === null)),
    leftOut: job.leftOut,
    createdAt: job.createdAt.toISOString(),
    endedAt: job.endedAt?.toISOString() ?? null,
  };
}

/** The jobs of the actor and of its supplier, the newest first, at most twenty. */
export async function listResends(
  ctx: Context,
): Promise<Pick<ResendJob, "id" | "reason" | "messages" | "createdAt" | "endedAt">[]> {
  const visibility = await findVisibility(ctx);
  const own = "id" in ctx.actor ? eq(resendJobs.actorId, ctx.actor.id) : sql`false`;
  const seen =
    visibility.kind === "all"
      ? undefined
      : visibility.limitedTo === null
        ? or(own, inArray(resendJobs.supplierId, [...visibility.supplierIds]))
        : own;
  const jobs = await ctx.db
    .select()
    .from(resendJobs)
    .where(seen)
    .orderBy(desc(resendJobs.createdAt))
    .limit(20);
  return jobs.map(({ id, reason, messages, createdAt, endedAt }) => ({
    ...{ id, reason, messages },
    ...{ createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null },
  }));
}

/** Stops a job: messages not yet processed are not sent. Repeated, or after its end, it changes nothing. */
export async function stopResends(ctx: Context, input: { id: string; reason: string }): Promise<ResendJob> {
  const job = await requireVisibleJob(ctx, input.id);
  const [first] = await ctx.db
    .select({ messageId: resendMessages.messageId })
    .from(resendMessages)
    .where(and(eq(resendMessages.jobId, job.id), eq(resendMessages.position, 1)));
  if (!first) throw notFound();
  await change(ctx, { ...(await sideOf(ctx.db, first.messageId)), comment: input.reason }, async (tx) => {
    const stopped = await tx
      .update(resendJobs)
      .set({ endedAt: ctx.now, isStopped: true })
      .where(and(eq(resendJobs.id, job.id), isNull(resendJobs.endedAt)));
    const entry = { subjectType: "resend", subjectId: job.id, after: { state: "stopped" } };
    return changedBy(undefined, stopped.rowCount === 0 ? [] : [entry]);
  });
  return await getResends(ctx, input);
}

/** Deletes jobs that ended a month ago; the messages and the journal keep what they did. */
export async function forgetOldResends(ctx: Context): Promise<number> {
  const before = new Date(ctx.now.getTime() - daysKept * 86_400_000);
  return await work(ctx, async (tx) => {
    const gone = await tx.delete(resendJobs).where(lt(resendJobs.endedAt, before));
    return gone.rowCount ?? 0;
  });
}
