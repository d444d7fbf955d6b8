import { desc, eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import { suppliers } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { isInForce, may, type Scope } from "../permissions/index.ts";
import { apiKeys } from "./tables.ts";

const keysMax = 500;

/** A key without its secret. */
export type ListedKey = {
  id: string;
  name: string;
  start: string;
  scopes: Scope[];
  glns: string[] | null;
  /** The only address ranges that it may be used from; null for any. */
  networks: string[] | null;
  /** The part of the register that it may edit: all, a SOR id, or null for none. */
  registerPart: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  state: "valid" | "expired" | "revoked";
};

type OwnKey = Omit<ListedKey, "state">;

/** A vendor's keys, newest first, at most 500; throws `not-allowed` for actors who do not administer the vendor. */
export async function listKeys(ctx: Context, supplierId: string): Promise<ListedKey[]> {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  if (!may(ctx.actor, "key.edit", { type: "key", id: "list", supplierId }, ctx.now)) {
    throw new DomainError("not-allowed", "no-right-to-keys", {
      action: "key.edit",
    });
  }
  const rows = await ctx.db
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.supplierId, supplierId))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(keysMax);
  return rows.map(({ keyHash: _, supplierId: __, ...row }) => ({ ...row, state: stateOfKey(row, ctx.now) }));
}

/** A program's own key, with its supplier's name; undefined for other actors and where it is gone. */
export async function findOwnKey(ctx: Context): Promise<(OwnKey & { supplierName: string }) | undefined> {
  if (ctx.actor.kind !== "key") return undefined;
  const [row] = await ctx.db
    .select({ key: apiKeys, supplierName: suppliers.name })
    .from(apiKeys)
    .innerJoin(suppliers, eq(suppliers.id, apiKeys.supplierId))
    .where(eq(apiKeys.id, ctx.actor.id));
  if (!row) return undefined;
  const { keyHash: _, supplierId: __, ...key } = row.key;
  return { ...key, supplierName: row.supplierName };
}

/** State of a key at that time; a revoked key stays `revoked` after its expiry. */
export function stateOfKey(
  key: { expiresAt: Date | null; revokedAt: Date | null },
  now: Date,
): ListedKey["state"] {
  if (key.revokedAt !== null) return "revoked";
  return isInForce(key, now) ? "valid" : "expired";
}
