import { and, asc, eq, isNull } from "drizzle-orm";
import { actorForKeyId, actorForUserId } from "../access/index.ts";
import { asActor, type Changed, type Context, change } from "../context.ts";
import { mayPass, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { requireVisibleMessage, senderSide } from "../messages/index.ts";
import type { Actor } from "../permissions/index.ts";
import { resendIn } from "../steering/index.ts";
import { resendJobs, resendLetters } from "./tables.ts";

type Job = typeof resendJobs.$inferSelect;
type Letter = typeof resendLetters.$inferSelect;

/** What one round came to; `faults` are errors that nobody foresaw, of letters that were left behind for them. */
export type ResendRound = { sent: number; refused: number; faults: unknown[] };

const jobsAtOnce = 20;
const own = { action: "interchange.send", subject: { type: "message", id: "resends" } } as const;
const isWaiting = and(isNull(resendLetters.copyId), isNull(resendLetters.refused));
const isLetter = ({ jobId, position }: Letter) =>
  and(eq(resendLetters.jobId, jobId), eq(resendLetters.position, position));

/**
 * Sends the next letters of every job under way, at most `limit` of them, each in a transaction that also notes it: a process
 * that dies leaves nothing half, and several share the work. Throws what may pass, such as a database that is away.
 */
export async function continueResends(ctx: Context, input: { limit: number }): Promise<ResendRound> {
  const round: ResendRound = { sent: 0, refused: 0, faults: [] };
  const jobs = await ctx.db
    .select()
    .from(resendJobs)
    .where(isNull(resendJobs.endedAt))
    .orderBy(asc(resendJobs.createdAt))
    .limit(jobsAtOnce);
  for (const job of jobs) {
    const limit = Math.ceil(input.limit / jobs.length);
    const letters = await ctx.db
      .select()
      .from(resendLetters)
      .where(and(eq(resendLetters.jobId, job.id), isWaiting))
      .orderBy(asc(resendLetters.position))
      .limit(limit);
    const actor = await actorOf(ctx, job);
    for (const letter of letters) await sendOne(ctx, { job, letter, actor }, round);
    if (letters.length < limit) await endJob(ctx, job);
  }
  return round;
}

const actorOf = async (ctx: Context, { actorKind, actorId }: Job): Promise<Actor | undefined> =>
  actorKind === "key"
    ? await actorForKeyId(ctx.db, actorId, ctx.now)
    : await actorForUserId(ctx.db, actorId, ctx.now);

type Turn = { job: Job; letter: Letter; actor: Actor | undefined };

async function sendOne(ctx: Context, { job, letter, actor }: Turn, round: ResendRound): Promise<void> {
  try {
    if (!actor) throw new DomainError("not-allowed", "Whoever asked may not sign in any more.");
    const mine = asActor(ctx, actor);
    const seen = await requireVisibleMessage(mine, letter.messageId);
    const what = { ...senderSide(seen), comment: job.reason };
    if (await change(mine, what, (tx) => sendIn(tx, mine, letter))) round.sent += 1;
  } catch (error) {
    if (mayPass(error)) throw error;
    const isForeseen = error instanceof DomainError;
    if (!isForeseen) round.faults.push(error);
    await refuse(ctx, letter, isForeseen ? codeOf(error) : "failed");
    round.refused += 1;
  }
}

async function sendIn(tx: Transaction, ctx: Context, letter: Letter): Promise<Changed<boolean>> {
  // Shared, so that who stops the job waits for what is being sent, and nothing is sent once it is stopped.
  const [job] = await tx.select().from(resendJobs).where(eq(resendJobs.id, letter.jobId)).for("share");
  const [turn] = await tx
    .select()
    .from(resendLetters)
    .where(and(isLetter(letter), isWaiting))
    .for("update", { skipLocked: true });
  // Another has it in hand, or the job was stopped.
  if (!turn || !job || job.endedAt !== null) return { result: false, entries: [] };
  const { result, entries } = await resendIn(tx, ctx, letter.messageId);
  await tx.update(resendLetters).set({ copyId: result.messageId }).where(isLetter(letter));
  return { result: true, entries };
}

function codeOf({ code, details }: DomainError): string {
  const { fault, reason } = details;
  return [reason, fault].find((text) => typeof text === "string") ?? code;
}

async function refuse(ctx: Context, letter: Letter, refused: string): Promise<void> {
  await change(ctx, own, async (tx) => {
    await tx
      .update(resendLetters)
      .set({ refused })
      .where(and(isLetter(letter), isWaiting));
    return { result: undefined, entries: [] };
  });
}

async function endJob(ctx: Context, job: Job): Promise<void> {
  await change(ctx, own, async (tx) => {
    const waiting = await tx.$count(resendLetters, and(eq(resendLetters.jobId, job.id), isWaiting));
    // What another process has in hand is not counted as over.
    if (waiting > 0) return { result: undefined, entries: [] };
    await tx
      .update(resendJobs)
      .set({ endedAt: ctx.now })
      .where(and(eq(resendJobs.id, job.id), isNull(resendJobs.endedAt)));
    return { result: undefined, entries: [] };
  });
}
