import { and, eq, inArray, sql } from "drizzle-orm";
import { asSystem, type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Actor } from "../permissions/index.ts";
import { idempotencyKeys } from "./tables.ts";

export type NamedRequest = { key: string; requestSha256: string };

const isRequest = (actor: Actor, { key }: NamedRequest) =>
  and(eq(idempotencyKeys.owner, ownerOf(actor)), eq(idempotencyKeys.key, key));

const ownerOf = (actor: Actor) => ("id" in actor ? `${actor.kind}:${actor.id}` : actor.kind);

const inFlight = () =>
  new DomainError("conflict", "A request with this key is being answered.", { fault: "in-flight" });

const isClaim = (answer: unknown) => typeof answer === "object" && answer !== null && "claimed" in answer;

/**
 * The first answer to a request of this name, or undefined when it is the first. Throws `conflict` with `fault: in-flight`
 * while the first is still being answered, and `invalid` with `fault: key-reused` when it was another request.
 */
export async function findEarlierAnswer<Answer>(
  tx: Transaction,
  actor: Actor,
  request: NamedRequest,
  now?: Date,
): Promise<Answer | undefined> {
  const owner = ownerOf(actor);
  // The lock ends with the transaction, so a process that dies leaves nothing "in flight" behind.
  const lock = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`${owner} ${request.key}`}, 7366)) as taken`,
  );
  if (lock.rows[0]?.taken !== true) {
    throw inFlight();
  }
  const [found] = await tx.select().from(idempotencyKeys).where(isRequest(actor, request));
  if (!found) return undefined;
  if (found.requestSha256 !== request.requestSha256) {
    throw new DomainError("invalid", "The key was used for another request.", { fault: "key-reused" });
  }
  if (isClaim(found.answer)) {
    const isAbandoned = now !== undefined && now.getTime() - found.createdAt.getTime() > claimSeconds * 1000;
    if (!isAbandoned) throw inFlight();
    await tx.delete(idempotencyKeys).where(isRequest(actor, request));
    return undefined;
  }
  return found.answer as Answer;
}

/** Keeps the answer to a request of this name. */
export async function keepAnswer(
  tx: Transaction,
  actor: Actor,
  request: NamedRequest,
  answer: unknown,
  now: Date,
): Promise<void> {
  await tx.insert(idempotencyKeys).values(answerRow(actor, request, answer, now));
}

/**
 * Which of several requests, each with another name, have been answered or are being answered; the names of the others are
 * held until the transaction ends. One that was answered in this moment may be missed: then keeping its answer fails.
 */
export async function findNamedBefore(
  tx: Transaction,
  requests: readonly { actor: Actor; key: string }[],
): Promise<(actor: Actor, key: string) => boolean> {
  if (requests.length === 0) return () => false;
  const names = requests.map(({ actor, key }) => `${ownerOf(actor)} ${key}`);
  const locks = await tx.execute<{ name: string; taken: boolean }>(
    sql`select name, pg_try_advisory_xact_lock(hashtextextended(name, 7366)) as taken
      from unnest(${sql.param(names)}::text[]) as name`,
  );
  const known = await tx
    .select({ owner: idempotencyKeys.owner, key: idempotencyKeys.key })
    .from(idempotencyKeys)
    .where(
      and(
        inArray(
          idempotencyKeys.owner,
          requests.map(({ actor }) => ownerOf(actor)),
        ),
        inArray(
          idempotencyKeys.key,
          requests.map(({ key }) => key),
        ),
      ),
    );
  const before = new Set([
    ...locks.rows.filter(({ taken }) => !taken).map(({ name }) => name),
    ...known.map(({ owner, key }) => `${owner} ${key}`),
  ]);
  return (actor, key) => before.has(`${ownerOf(actor)} ${key}`);
}

/** The row that keeps the answer to a request of this name. */
export function answerRow(
  actor: Actor,
  request: NamedRequest,
  answer: unknown,
  now: Date,
): typeof idempotencyKeys.$inferInsert {
  return { owner: ownerOf(actor), ...request, answer, createdAt: now };
}

/** An answer as it was given over HTTP. */
export type KeptAnswer = { status: number; headers: Record<string, string>; body: string };

type Claim = { claimed: true } | KeptAnswer;

/** After so long without an answer, whoever had claimed the request has died. */
const claimSeconds = 120;

const job = { action: "interchange.send", subject: { type: "interchange", id: "answers" } } as const;

/**
 * The answer that was given to this request before, or undefined when it is the first: then it is claimed, until its answer
 * is kept or the claim released. Throws like `findEarlierAnswer`.
 */
export async function claimRequest(ctx: Context, request: NamedRequest): Promise<KeptAnswer | undefined> {
  const system = asSystem(ctx, "idempotency");
  return await change(system, job, async (tx) => {
    const earlier = await findEarlierAnswer<Claim>(tx, ctx.actor, request, ctx.now);
    if (!earlier) await keepAnswer(tx, ctx.actor, request, { claimed: true }, ctx.now);
    return { result: earlier as KeptAnswer | undefined, entries: [] };
  });
}

/** Keeps the answer to a request that was claimed. */
export async function keepClaimedAnswer(
  ctx: Context,
  request: NamedRequest,
  answer: KeptAnswer,
): Promise<void> {
  await change(asSystem(ctx, "idempotency"), job, async (tx) => {
    await tx.update(idempotencyKeys).set({ answer }).where(isRequest(ctx.actor, request));
    return { result: undefined, entries: [] };
  });
}

/** Gives a claim up: the request was refused and has changed nothing. */
export async function releaseClaim(ctx: Context, request: NamedRequest): Promise<void> {
  await change(asSystem(ctx, "idempotency"), job, async (tx) => {
    await tx.delete(idempotencyKeys).where(isRequest(ctx.actor, request));
    return { result: undefined, entries: [] };
  });
}
