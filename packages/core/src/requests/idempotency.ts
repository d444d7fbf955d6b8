import { and, eq, inArray } from "drizzle-orm";
import { type Transaction, tryLock, tryLocks } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { AcceptedInterchange } from "../messages/index.ts";
import { isSamePayload } from "../messages/index.ts";
import type { Actor } from "../permissions/index.ts";
import { hideDigest, showDigest } from "../vault/index.ts";
import { idempotencyKeys } from "./tables.ts";

/** `payloadName` distinguishes requests. */
type NamedRequest = { key: string; payloadName: string };

// The answer contains the plain SHA-256 of the message; the stored copy must not, so that nobody can test guesses of messages
// against it.
function hideAnswer(answer: AcceptedInterchange): AcceptedInterchange {
  return { ...answer, sha256: hideDigest(Buffer.from(answer.sha256, "hex")) };
}

/** The owner of request names: two clients may choose the same. */
export const ownerOf = (actor: Actor) => ("id" in actor ? `${actor.kind}:${actor.id}` : actor.kind);

/**
 * The first answer to a request of this name, or undefined when this is the first. Throws `conflict` with `fault: in-flight`
 * while the first is being answered, and `invalid` with `fault: key-reused` when it was another request.
 */
export async function findEarlierAnswer(
  tx: Transaction,
  actor: Actor,
  request: NamedRequest,
): Promise<AcceptedInterchange | undefined> {
  const owner = ownerOf(actor);
  // The lock ends with the transaction, so a crash leaves nothing "in flight".
  if (!(await tryLock(tx, "requests", `${owner} ${request.key}`))) {
    throw new DomainError("conflict", "in-flight", { fault: "in-flight" });
  }
  const [found] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, request.key)));
  if (!found) return undefined;
  if (!isSamePayload(found.requestSha256, request.payloadName)) {
    throw new DomainError("invalid", "key-reused", { fault: "key-reused" });
  }
  const answer = found.answer as AcceptedInterchange;
  return { ...answer, sha256: showDigest(answer.sha256) };
}

/** Stores the answer to a request of this name. */
export async function keepAnswer(
  tx: Transaction,
  actor: Actor,
  request: NamedRequest,
  answer: AcceptedInterchange,
  now: Date,
): Promise<void> {
  await tx.insert(idempotencyKeys).values(answerRow(actor, request, answer, now));
}

/**
 * Which of several requests, each with another name, have been answered or are being answered; the names of the others are locked
 * until the transaction ends. A request answered concurrently may be missed: then storing its answer fails.
 */
export async function findNamedBefore(
  tx: Transaction,
  requests: readonly { actor: Actor; key: string }[],
): Promise<(actor: Actor, key: string) => boolean> {
  if (requests.length === 0) return () => false;
  const names = requests.map(({ actor, key }) => `${ownerOf(actor)} ${key}`);
  const locked = await tryLocks(tx, "requests", names);
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
    ...names.filter((name) => !locked.has(name)),
    ...known.map(({ owner, key }) => `${owner} ${key}`),
  ]);
  return (actor, key) => before.has(`${ownerOf(actor)} ${key}`);
}

/** The row that stores the answer to a request of this name. */
export function answerRow(
  actor: Actor,
  request: NamedRequest,
  answer: AcceptedInterchange,
  now: Date,
): typeof idempotencyKeys.$inferInsert {
  const { key, payloadName: requestSha256 } = request;
  return { owner: ownerOf(actor), key, requestSha256, answer: hideAnswer(answer), createdAt: now };
}
