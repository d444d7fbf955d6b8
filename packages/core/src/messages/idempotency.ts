import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Actor } from "../permissions/index.ts";
import { idempotencyKeys } from "./tables.ts";

export type NamedRequest = { key: string; requestSha256: string };

const ownerOf = (actor: Actor) => ("id" in actor ? `${actor.kind}:${actor.id}` : actor.kind);

/**
 * The first answer to a request of this name, or undefined when it is the first. Throws `conflict` with `fault: in-flight`
 * while the first is still being answered, and `invalid` with `fault: key-reused` when it was another request.
 */
export async function findEarlierAnswer<Answer>(
  tx: Transaction,
  actor: Actor,
  request: NamedRequest,
): Promise<Answer | undefined> {
  const owner = ownerOf(actor);
  // The lock ends with the transaction, so a process that dies leaves nothing "in flight" behind.
  const lock = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`${owner} ${request.key}`}, 7366)) as taken`,
  );
  if (lock.rows[0]?.taken !== true) {
    throw new DomainError("conflict", "A request with this key is being answered.", { fault: "in-flight" });
  }
  const [found] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, request.key)));
  if (!found) return undefined;
  if (found.requestSha256 !== request.requestSha256) {
    throw new DomainError("invalid", "The key was used for another request.", { fault: "key-reused" });
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
  await tx.insert(idempotencyKeys).values({ owner: ownerOf(actor), ...request, answer, createdAt: now });
}
