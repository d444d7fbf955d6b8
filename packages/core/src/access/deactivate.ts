import { and, eq, inArray } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { suppliers } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { credentialChanged } from "./credential-changed.ts";
import { keepAnAdministrator } from "./keep-an-administrator.ts";
import { lockUser } from "./load-user.ts";
import { aboutUser, maySeeUsers } from "./subjects.ts";
import { grants, users } from "./tables.ts";
import { isDeactivated } from "./where-in-force.ts";

/** Deactivates a user immediately: no login, no session, no link. Their actions stay in the journal. */
export async function deactivateUser(ctx: Context, userId: string): Promise<void> {
  await change(ctx, { action: "user.edit", ...aboutUser(ctx, userId) }, async (tx) => {
    const { user, held } = await lockUser(tx, userId, ctx.now);
    if (isDeactivated(user)) return unchanged(undefined);
    const deactivatedBy = maySeeUsers(ctx, undefined) ? "authority" : "vendor";
    await tx.update(users).set({ deactivatedAt: ctx.now, deactivatedBy }).where(eq(users.id, userId));
    await credentialChanged(tx, userId, ctx.now);
    if (held.some((grant) => grant.role === "authority")) await keepAnAdministrator(tx, ctx.now);
    const [before, after] = [{ active: true }, { active: false, by: deactivatedBy }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}

/**
 * Reactivates a user with their former password and grants. A user deactivated by the authority can only be reactivated by the
 * authority.
 */
export async function reactivateUser(ctx: Context, userId: string): Promise<void> {
  const isAuthoritys = (user: { deactivatedBy: string | null }) => user.deactivatedBy === "authority";
  await change(ctx, { action: "user.edit", ...aboutUser(ctx, userId, { isAuthoritys }) }, async (tx) => {
    const { user } = await lockUser(tx, userId, ctx.now);
    if (!isDeactivated(user)) return unchanged(undefined);
    const active = { deactivatedAt: null, deactivatedBy: null, updatedAt: ctx.now };
    await tx.update(users).set(active).where(eq(users.id, userId));
    const [before, after] = [{ active: false }, { active: true }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}

/**
 * Deactivates a supplier: its users are signed out and cannot sign in, its keys are refused within five seconds. What it has
 * registered stays. Throws `not-found`, and `conflict` when nobody would be left to administer the register.
 */
export async function deactivateSupplier(ctx: Context, supplierId: string): Promise<void> {
  await setActive(ctx, supplierId, false);
}

/** Reactivates a supplier: its users may sign in again, and keys that are neither revoked nor expired work. Throws `not-found`. */
export async function reactivateSupplier(ctx: Context, supplierId: string): Promise<void> {
  await setActive(ctx, supplierId, true);
}

async function setActive(ctx: Context, supplierId: string, isActive: boolean): Promise<void> {
  const subject = { type: "supplier", id: supplierId, supplierId } as const;
  await change(ctx, { action: "supplier.edit", subject }, async (tx) => {
    const [found] = await tx.select().from(suppliers).where(eq(suppliers.id, supplierId)).for("update");
    if (!found) throw new DomainError("not-found", "no-such-supplier", { supplierId });
    if (found.isActive === isActive) return unchanged(undefined);
    await tx.update(suppliers).set({ isActive }).where(eq(suppliers.id, supplierId));
    if (!isActive) await signUsersOut(tx, supplierId, ctx.now);
    const [before, after] = [{ isActive: found.isActive }, { isActive }];
    return {
      result: undefined,
      entries: [{ subjectType: "supplier", subjectId: supplierId, before, after }],
    };
  });
}

async function signUsersOut(tx: Transaction, supplierId: string, now: Date): Promise<void> {
  const own = await tx.select({ id: users.id }).from(users).where(eq(users.supplierId, supplierId));
  const ids = own.map(({ id }) => id);
  for (const id of ids) await credentialChanged(tx, id, now);
  const administers = and(inArray(grants.userId, ids), eq(grants.role, "authority"));
  if ((await tx.$count(grants, administers)) > 0) await keepAnAdministrator(tx, now);
}
