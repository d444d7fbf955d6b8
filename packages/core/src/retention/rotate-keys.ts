import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { payloadRows } from "../messages/index.ts";
import { deliveries, interchanges } from "../messages/tables.ts";
import { sealedAnswer } from "../requests/index.ts";
import { idempotencyKeys } from "../requests/tables.ts";
import { heldKeyring, wrapAgain } from "../vault/index.ts";
import { payloads } from "../vault/tables.ts";

export type Rotated = {
  /** Payload parts whose key is now wrapped by the newest PAYLOAD_KEY. */
  wrapped: number;
  /** Payloads from before encryption was added that are now encrypted. */
  encrypted: number;
};

/**
 * Moves some payloads to the newest PAYLOAD_KEY: their keys are rewrapped, contents are not rewritten; what was stored before
 * encryption was added is encrypted. One transaction handles at most `limit` parts, so it can be stopped and continued at any
 * time while gateways are running. Done when both counts are 0. Rows locked by another transaction, such as a run that was just
 * killed, are skipped, or waited for with `waits`.
 */
export async function rotatePayloadKeys(
  ctx: Context,
  { limit, waits = false }: { limit: number; waits?: boolean },
): Promise<Rotated> {
  return await work(ctx, async (tx) => {
    const wrapped = await wrapSome(tx, { limit, waits });
    const encrypted =
      wrapped < limit ? await encryptSome(tx, { limit: Math.min(20, limit - wrapped), waits }) : 0;
    return { wrapped, encrypted };
  });
}

const isPlain = sql`(${idempotencyKeys.answer}->>'body' not like 'sealed:%'
  or (jsonb_exists(${idempotencyKeys.answer}, 'result') and jsonb_typeof(${idempotencyKeys.answer}->'result') <> 'string'))`;

/**
 * Encrypts answers to requests that an earlier version stored in plain text (except those for interchanges, which hold no
 * secret); at most `limit`. Returns how many.
 */
export async function sealKeptAnswers(ctx: Context, { limit }: { limit: number }): Promise<number> {
  return await work(ctx, async (tx) => {
    const rows = await tx
      .select()
      .from(idempotencyKeys)
      .where(isPlain)
      .limit(limit)
      .for("update", { skipLocked: true });
    for (const { owner, key, answer } of rows) {
      const isThis = and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key));
      await tx
        .update(idempotencyKeys)
        .set({ answer: sealedAnswer(answer) })
        .where(isThis);
    }
    return rows.length;
  });
}

/** How many payload parts are not wrapped by the newest PAYLOAD_KEY yet. */
export async function countUnrotated(ctx: Context): Promise<number> {
  const [newest] = heldKeyring().payload;
  const isOther = sql`${payloads.masterKeyId} is distinct from ${newest.id}`;
  return await ctx.db.$count(payloads, isOther);
}

type Some = { limit: number; waits: boolean };

async function wrapSome(tx: Transaction, { limit, waits }: Some): Promise<number> {
  const [newest] = heldKeyring().payload;
  const rows = await tx
    .select({
      sha256: payloads.sha256,
      part: payloads.part,
      masterKeyId: payloads.masterKeyId,
      wrappedKey: payloads.wrappedKey,
    })
    .from(payloads)
    .where(ne(payloads.masterKeyId, newest.id))
    .limit(limit)
    .for("update", waits ? {} : { skipLocked: true });
  for (const { sha256, part, masterKeyId, wrappedKey } of rows) {
    if (masterKeyId === null || wrappedKey === null) continue;
    await tx
      .update(payloads)
      .set(wrapAgain({ masterKeyId, wrappedKey }))
      .where(and(eq(payloads.sha256, sha256), eq(payloads.part, part)));
  }
  return rows.length;
}

// Encryption changes the name of a payload, so all references to it are updated in the same transaction.
async function encryptSome(tx: Transaction, { limit, waits }: Some): Promise<number> {
  const names = await tx
    .select({ sha256: payloads.sha256 })
    .from(payloads)
    .where(and(isNull(payloads.masterKeyId), eq(payloads.part, 0)))
    .limit(limit)
    .for("update", waits ? {} : { skipLocked: true });
  for (const { sha256 } of names) await encryptOne(tx, sha256);
  return names.length;
}

async function encryptOne(tx: Transaction, sha256: string): Promise<void> {
  const rows = await tx.select().from(payloads).where(eq(payloads.sha256, sha256)).orderBy(payloads.part);
  const [first] = rows;
  if (!first) return;
  const sealed = payloadRows(Buffer.concat(rows.map(({ bytes }) => bytes)), first.storedAt);
  // Payloads that exist already are updated, so that a concurrent prune waits.
  const target = [payloads.sha256, payloads.part];
  const set = { storedAt: first.storedAt };
  for (const row of sealed) await tx.insert(payloads).values(row).onConflictDoUpdate({ target, set });
  const payloadSha256 = sealed[0]?.sha256 ?? sha256;
  await tx.update(interchanges).set({ payloadSha256 }).where(eq(interchanges.payloadSha256, sha256));
  await tx.update(deliveries).set({ payloadSha256 }).where(eq(deliveries.payloadSha256, sha256));
  await tx.delete(payloads).where(eq(payloads.sha256, sha256));
}
