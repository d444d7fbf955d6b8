import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { actorForKeyId, actorForUserId } from "../access/index.ts";
import { asActor, type Changed, type Context, change, unchanged, work } from "../context.ts";
import { mayPass, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { requireVisibleMessage, senderSide } from "../messages/index.ts";
import type { Actor } from "../permissions/index.ts";
import { chooseFairly, openPlaces } from "../shares/index.ts";
import { resendIn } from "../steering/index.ts";
import { resendJobs, resendMessages } from "./tables.ts";

type Job = typeof resendJobs.$inferSelect;
type Message = typeof resendMessages.$inferSelect;

/** The result of one round; `faults` are unexpected errors, whose messages were skipped. */
type ResendRound = { sent: number; refused: number; faults: unknown[] };

const jobsAtOnce = 100;
const isWaiting = and(isNull(resendMessages.copyId), isNull(resendMessages.refused));
const isMessage = ({ jobId, position }: Message) =>
  and(eq(resendMessages.jobId, jobId), eq(resendMessages.position, position));

/**
 * Sends the next messages of the running jobs, at most `limit` of them, round-robin over suppliers, so that the jobs of one do
 * not delay others. Each is sent in the transaction that records it: a crash leaves nothing half done, and several processes can
 * share the work. Throws temporary errors, such as a lost database connection.
 */
export async function continueResends(ctx: Context, input: { limit: number }): Promise<ResendRound> {
  const round: ResendRound = { sent: 0, refused: 0, faults: [] };
  const jobs = await nextOf(ctx, input.limit);
  const longest = Math.max(0, ...jobs.map(({ messages }) => messages.length));
  const waiting = Array.from({ length: longest }, (_, at) =>
    jobs.flatMap(({ messages, ...of }) => (messages[at] ? [{ ...of, message: messages[at] }] : [])),
  ).flat();
  for (const turn of chooseFairly(waiting, ({ job }) => holderOf(job), openPlaces(input.limit)))
    await sendOne(ctx, turn, round);
  for (const { job, messages } of jobs) if (messages.length < input.limit) await endJob(ctx, job);
  return round;
}

const holderOf = ({ supplierId, actorId }: Job) => supplierId ?? actorId;

/** The running jobs with the next messages of each: the first of every supplier before the second of any. */
async function nextOf(ctx: Context, limit: number) {
  const { supplierId, actorId, createdAt, id, endedAt } = resendJobs;
  const place = sql`row_number() over (partition by coalesce(${supplierId}, ${actorId}) order by ${createdAt}, ${id})`;
  const open = ctx.db.select().from(resendJobs).where(isNull(endedAt));
  // In random order, so that all suppliers get a turn when there are more of them than jobs per round.
  const jobs = await open.orderBy(place, sql`random()`).limit(jobsAtOnce);
  const next: { job: Job; messages: Message[]; actor: Actor | undefined }[] = [];
  for (const job of jobs) {
    const messages = await ctx.db
      .select()
      .from(resendMessages)
      .where(and(eq(resendMessages.jobId, job.id), isWaiting))
      .orderBy(asc(resendMessages.position))
      .limit(limit);
    next.push({ job, messages, actor: await actorOf(ctx, job) });
  }
  return next;
}

const actorOf = async (ctx: Context, { actorKind, actorId }: Job): Promise<Actor | undefined> =>
  actorKind === "key"
    ? await actorForKeyId(ctx.db, actorId, ctx.now)
    : await actorForUserId(ctx.db, actorId, ctx.now);

type Turn = { job: Job; message: Message; actor: Actor | undefined };

async function sendOne(ctx: Context, { job, message, actor }: Turn, round: ResendRound): Promise<void> {
  try {
    if (!actor) throw new DomainError("not-allowed", "resender-gone");
    const mine = asActor(ctx, actor);
    const seen = await requireVisibleMessage(mine, message.messageId);
    const what = { ...senderSide(seen), comment: job.reason };
    if (await change(mine, what, (tx) => sendIn(tx, mine, message))) round.sent += 1;
  } catch (error) {
    if (mayPass(error)) throw error;
    const isForeseen = error instanceof DomainError;
    if (!isForeseen) round.faults.push(error);
    await refuse(ctx, message, isForeseen ? codeOf(error) : "failed");
    round.refused += 1;
  }
}

async function sendIn(tx: Transaction, ctx: Context, message: Message): Promise<Changed<boolean>> {
  // A shared lock: stopping the job waits for the message being sent, and nothing is sent afterwards.
  const [job] = await tx.select().from(resendJobs).where(eq(resendJobs.id, message.jobId)).for("share");
  const [turn] = await tx
    .select()
    .from(resendMessages)
    .where(and(isMessage(message), isWaiting))
    .for("update", { skipLocked: true });
  // Another process has locked it, or the job was stopped.
  if (!turn || !job || job.endedAt !== null) return unchanged(false);
  const { result, entries } = await resendIn(tx, ctx, message.messageId);
  await tx.update(resendMessages).set({ copyId: result.messageId }).where(isMessage(message));
  return { result: true, entries };
}

function codeOf({ code, details }: DomainError): string {
  const { fault, reason } = details;
  return [reason, fault].find((text) => typeof text === "string") ?? code;
}

async function refuse(ctx: Context, message: Message, refused: string): Promise<void> {
  await work(ctx, async (tx) => {
    await tx
      .update(resendMessages)
      .set({ refused })
      .where(and(isMessage(message), isWaiting));
  });
}

async function endJob(ctx: Context, job: Job): Promise<void> {
  await work(ctx, async (tx) => {
    const waiting = await tx.$count(resendMessages, and(eq(resendMessages.jobId, job.id), isWaiting));
    // Messages locked by another process do not count as finished.
    if (waiting > 0) return;
    await tx
      .update(resendJobs)
      .set({ endedAt: ctx.now })
      .where(and(eq(resendJobs.id, job.id), isNull(resendJobs.endedAt)));
  });
}
