import { and, eq, sql } from "drizzle-orm";
import { asSystem, type Context, withMemory, work } from "../context.ts";
import { type Transaction, tryLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Actor } from "../permissions/index.ts";
import { hideText, showText } from "../vault/index.ts";
import { ownerOf } from "./idempotency.ts";
import { idempotencyKeys } from "./tables.ts";

/** The identity of a request: the client's name for it, and a digest of its content. */
type ClaimedRequest = { key: string; requestSha256: string };

/** A stored HTTP answer. */
export type KeptAnswer = { status: number; headers: Record<string, string>; body: string };

/** A request being processed; with `result` (JSON, encrypted), its change is committed and only its answer is missing. */
type Claim = { claimed: true; result?: unknown };

// Answers and results are stored encrypted: some hold a secret that is shown once. Those of earlier versions are not, for their
// seven days.
const hideAnswer = (answer: KeptAnswer): KeptAnswer => ({ ...answer, body: hideText(answer.body) });
const showAnswer = (answer: KeptAnswer): KeptAnswer => ({ ...answer, body: showText(answer.body) });
const hideResult = (result: unknown): string => hideText(JSON.stringify(result ?? null));
const showResult = (result: unknown): unknown =>
  typeof result === "string" ? JSON.parse(showText(result)) : result;

/** A claim without an answer expires after this time: its process has crashed. */
const claimSeconds = 120;

const isRequest = (actor: Actor, { key }: ClaimedRequest) =>
  and(eq(idempotencyKeys.owner, ownerOf(actor)), eq(idempotencyKeys.key, key));
const isClaim = (answer: unknown): answer is Claim =>
  typeof answer === "object" && answer !== null && "claimed" in answer;
const isDone = (claim: Claim) => "result" in claim;
const inFlight = () => new DomainError("conflict", "in-flight", { fault: "in-flight" });

/**
 * The answer that was given to this request before, or undefined when there is none: then it is claimed, until its answer is
 * stored or the claim released. Throws `conflict` with `fault: in-flight` while the first is being answered, and `invalid` with
 * `fault: key-reused` when it was another request.
 */
export async function claimRequest(ctx: Context, request: ClaimedRequest): Promise<KeptAnswer | undefined> {
  const { key, requestSha256 } = request;
  return await work(asSystem(ctx, "idempotency"), async (tx) => {
    const found = await lockKept(tx, ctx.actor, request);
    if (!found) {
      const claim = { owner: ownerOf(ctx.actor), key, requestSha256, createdAt: ctx.now };
      await tx.insert(idempotencyKeys).values({ ...claim, answer: { claimed: true } satisfies Claim });
      return undefined;
    }
    if (found.requestSha256 !== requestSha256) {
      throw new DomainError("invalid", "key-reused", { fault: "key-reused" });
    }
    if (!isClaim(found.answer)) return showAnswer(found.answer as KeptAnswer);
    const age = ctx.now.getTime() - found.createdAt.getTime();
    if (!isDone(found.answer) && age <= claimSeconds * 1000) throw inFlight();
    await tx.update(idempotencyKeys).set({ createdAt: ctx.now }).where(isRequest(ctx.actor, request));
  });
}

async function lockKept(tx: Transaction, actor: Actor, request: ClaimedRequest) {
  const name = `${ownerOf(actor)} ${request.key}`;
  if (!(await tryLock(tx, "requests", name))) throw inFlight();
  const [found] = await tx.select().from(idempotencyKeys).where(isRequest(actor, request)).for("update");
  return found;
}

/**
 * The context in which a claimed request is processed. A change made `once` is recorded on the claim in the same transaction: a
 * retry after a crash gets that result, and the change is not repeated.
 */
export function underRequest(ctx: Context, request: ClaimedRequest): Context {
  const own = isRequest(ctx.actor, request);
  return withMemory(ctx, {
    recall: async (tx) => {
      const [row] = await tx.select().from(idempotencyKeys).where(own).for("update");
      // Another process took the request over and has answered it.
      if (!row || !isClaim(row.answer)) throw inFlight();
      return isDone(row.answer) ? { result: showResult(row.answer.result) } : undefined;
    },
    remember: async (tx, result) => {
      await tx
        .update(idempotencyKeys)
        .set({ answer: { claimed: true, result: hideResult(result) } satisfies Claim })
        .where(own);
    },
  });
}

// A claim is identified by its time: a process that was suspended for minutes may resume after another took over.
const isOwnClaim = (ctx: Context, request: ClaimedRequest) =>
  and(isRequest(ctx.actor, request), eq(idempotencyKeys.createdAt, ctx.now));

/** Stores the answer to a request that was claimed in this context, unless another process has taken it over. */
export async function keepClaimedAnswer(
  ctx: Context,
  request: ClaimedRequest,
  answer: KeptAnswer,
): Promise<void> {
  await work(asSystem(ctx, "idempotency"), async (tx) => {
    await tx
      .update(idempotencyKeys)
      .set({ answer: hideAnswer(answer) })
      .where(isOwnClaim(ctx, request));
  });
}

/** Releases a claim, unless its change is committed: then a retry gets its result. */
export async function releaseClaim(ctx: Context, request: ClaimedRequest): Promise<void> {
  // What another process has answered meanwhile is no claim any more, and stays.
  const isUndone = sql`jsonb_exists(${idempotencyKeys.answer}, 'claimed') and not jsonb_exists(${idempotencyKeys.answer}, 'result')`;
  await work(asSystem(ctx, "idempotency"), async (tx) => {
    await tx.delete(idempotencyKeys).where(and(isOwnClaim(ctx, request), isUndone));
  });
}

/** A stored answer of an earlier version, encrypted as this version stores it. */
export const sealedAnswer = (answer: unknown): unknown =>
  isClaim(answer) ? { ...answer, result: hideResult(answer.result) } : hideAnswer(answer as KeptAnswer);
