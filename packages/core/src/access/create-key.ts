import { eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Subject } from "../permissions/index.ts";
import { tellAdministrators } from "./account-mails.ts";
import type { NewKey } from "./schemas.ts";
import { hashSecret, newKeyText } from "./secrets.ts";
import { apiKeys } from "./tables.ts";

const keyDaysMax = 2 * 366;
const startCharacters = 10;

/** A new key: `key` is the secret itself, shown only once. */
export type CreatedKey = { id: string; key: string; start: string; expiresAt: Date };

/**
 * Creates a key for a vendor's program; it expires within two years. Throws `invalid` for a later expiry, `conflict` for an
 * unknown supplier, `not-allowed` for actors who do not administer the vendor, and for a part of the register for all but the authority.
 */
export async function createKey(ctx: Context, input: NewKey): Promise<CreatedKey> {
  return await addKey(ctx, input, newKeyText(), () => {
    const latest = new Date(ctx.now.getTime() + keyDaysMax * 86_400_000);
    if (input.expiresAt > ctx.now && input.expiresAt <= latest) return;
    throw new DomainError("invalid", "key-end-out-of-range", { field: "expiresAt" });
  });
}

/** Inserts a key with a given text; `judge` is called, and may throw, once the permission is checked. */
export async function addKey(
  ctx: Context,
  input: NewKey,
  key: string,
  judge?: () => void,
): Promise<CreatedKey> {
  const { supplierId, name, scopes, glns, networks = null, registerPart = null, expiresAt } = input;
  const id = newId();
  const start = key.slice(0, startCharacters);
  // A right to the register is not the vendor's to give: without a supplier, only a grant for everything covers the subject.
  const subject: Subject = { type: "key", id, ...(registerPart === null && { supplierId }) };
  return await change(ctx, { action: "key.edit", subject }, async (tx) => {
    judge?.();
    await tx.insert(apiKeys).values({
      id,
      supplierId,
      name,
      keyHash: hashSecret(key),
      start,
      scopes,
      glns,
      networks,
      registerPart,
      createdAt: ctx.now,
      expiresAt,
    });
    if (ctx.actor.kind === "user") {
      // A key is equivalent to a login: notify the vendor's administrators and the user who created it.
      const details = { key: name, by: ctx.actor.name };
      const told = { of: supplierId, kind: "key-made", details, also: ctx.actor.id } as const;
      await tellAdministrators(tx, told, ctx.now);
    }
    const after = { supplierId, name, start, scopes, glns, networks, registerPart, expiresAt };
    return {
      result: { id, key, start, expiresAt },
      entries: [{ subjectType: "key", subjectId: id, after }],
    };
  });
}

const noSuchKey = (keyId: string) => new DomainError("not-found", "no-such-key", { keyId });

/** Revokes a key permanently; programs that use it are refused within 5 seconds. Throws `not-found`. */
export async function revokeKey(ctx: Context, keyId: string): Promise<void> {
  const load = async (tx: Transaction) => {
    const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.id, keyId)).for("update");
    if (!row) throw noSuchKey(keyId);
    return row;
  };
  const subject = async (tx: Transaction) => {
    const { id, supplierId } = await load(tx);
    return { type: "key", id, supplierId } as const;
  };
  // Another vendor's key is reported as not found.
  const refusedAs = () => noSuchKey(keyId);
  await change(ctx, { action: "key.edit", subject, refusedAs }, async (tx) => {
    const row = await load(tx);
    if (row.revokedAt !== null) return unchanged(undefined);
    await tx.update(apiKeys).set({ revokedAt: ctx.now }).where(eq(apiKeys.id, keyId));
    const { supplierId, name, start } = row;
    const [before, after] = [
      { supplierId, name, start, revoked: false },
      { supplierId, name, start, revoked: true },
    ];
    return { result: undefined, entries: [{ subjectType: "key", subjectId: keyId, before, after }] };
  });
}
