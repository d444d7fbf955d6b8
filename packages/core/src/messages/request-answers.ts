import { and, eq, sql } from "drizzle-orm";
import { asSystem, type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Actor } from "../permissions/index.ts";
import { idempotencyKeys } from "./tables.ts";

/** A request as it is told from others: the client's name for it, and a digest of all that it asks. */
export type ClaimedRequest = { key: string; requestSha256: string };

/** An answer as it was given over HTTP. */
export type KeptAnswer = { status: number; headers: Record<string, string>; body: string };

/** After so long without an answer, whoever had claimed the request has died. */
const claimSeconds = 120;

const job = { action: "interchange.send", subject: { type: "interchange", id: "answers" } } as const;
const ownerOf = (actor: Actor) => ("id" in actor ? `${actor.kind}:${actor.id}` : actor.kind);
const isRequest = (actor: Actor, { key }: ClaimedRequest) =>
  and(eq(idempotencyKeys.owner, ownerOf(actor)), eq(idempotencyKeys.key, key));
const isClaim = (answer: unknown) => typeof answer === "object" && answer !== null && "claimed" in answer;
const inFlight = () =>
  new DomainError("conflict", "A request with this key is being answered.", { fault: "in-flight" });

/**
 * The answer that was given to this request before, or undefined when it is the first: then it is claimed, until its answer
 * is kept or the claim released. Throws `conflict` with `fault: in-flight` while the first is being answered, and `invalid`
 * with `fault: key-reused` when it was another request.
 */
export async function claimRequest(ctx: Context, request: ClaimedRequest): Promise<KeptAnswer | undefined> {
  return await change(asSystem(ctx, "idempotency"), job, async (tx) => {
    const earlier = await findKept(tx, ctx, request);
    if (!earlier) {
      const { requestSha256 } = request;
      const claim = { owner: ownerOf(ctx.actor), key: request.key, requestSha256, createdAt: ctx.now };
      await tx.insert(idempotencyKeys).values({ ...claim, answer: { claimed: true } });
    }
    return { result: earlier, entries: [] };
  });
}

async function findKept(
  tx: Transaction,
  { actor, now }: Context,
  request: ClaimedRequest,
): Promise<KeptAnswer | undefined> {
  const name = `${ownerOf(actor)} ${request.key}`;
  const lock = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 7366)) as taken`,
  );
  if (lock.rows[0]?.taken !== true) throw inFlight();
  const [found] = await tx.select().from(idempotencyKeys).where(isRequest(actor, request));
  if (!found) return undefined;
  if (found.requestSha256 !== request.requestSha256) {
    throw new DomainError("invalid", "The key was used for another request.", { fault: "key-reused" });
  }
  if (!isClaim(found.answer)) return found.answer as KeptAnswer;
  if (now.getTime() - found.createdAt.getTime() <= claimSeconds * 1000) throw inFlight();
  await tx.delete(idempotencyKeys).where(isRequest(actor, request));
  return undefined;
}

/** Keeps the answer to a request that was claimed. */
export async function keepClaimedAnswer(
  ctx: Context,
  request: ClaimedRequest,
  answer: KeptAnswer,
): Promise<void> {
  await change(asSystem(ctx, "idempotency"), job, async (tx) => {
    await tx.update(idempotencyKeys).set({ answer }).where(isRequest(ctx.actor, request));
    return { result: undefined, entries: [] };
  });
}

/** Gives a claim up: the request was refused and has changed nothing. */
export async function releaseClaim(ctx: Context, request: ClaimedRequest): Promise<void> {
  await change(asSystem(ctx, "idempotency"), job, async (tx) => {
    await tx.delete(idempotencyKeys).where(isRequest(ctx.actor, request));
    return { result: undefined, entries: [] };
  });
}
