import { and, eq, getTableColumns, type SQL } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Actor, Grant } from "../permissions/index.ts";
import { scopeOfColumns } from "./scope-columns.ts";
import { grants, users } from "./tables.ts";
import { isDeactivated, isVendorActive, whereNotEnded } from "./where-in-force.ts";

export type HeldGrant = Grant & { id: string };
export type UserRow = typeof users.$inferSelect;

/** The current and future grants of a user. */
export async function loadGrants(
  db: ReadDatabase | Transaction,
  userId: string,
  now: Date,
): Promise<HeldGrant[]> {
  const rows = await db
    .select()
    .from(grants)
    .where(and(eq(grants.userId, userId), whereNotEnded(grants, now)))
    .orderBy(grants.validFrom, grants.id);
  return rows.map((row) => ({
    id: row.id,
    role: row.role,
    scope: scopeOfColumns(row),
    validFrom: row.validFrom,
    validTo: row.validTo,
  }));
}

/** A user with their grants as an actor. */
export function actorOfUser(user: UserRow, held: readonly Grant[]): Actor & { kind: "user" } {
  return { kind: "user", id: user.id, name: user.name, supplierId: user.supplierId, grants: held };
}

/** A user, and whether they or their vendor were deactivated: they may sign in and act while `shutOut` is null. */
export type FoundUser = UserRow & { shutOut: "user" | "vendor" | null };

/** The user that meets a condition. Every sign-in and every request of a user asks here whether they are shut out. */
export async function findUser(
  db: ReadDatabase | Transaction,
  condition: SQL,
): Promise<FoundUser | undefined> {
  const [found] = await db
    .select({ user: getTableColumns(users), isVendorActive })
    .from(users)
    .where(condition);
  if (!found) return undefined;
  const { user } = found;
  const shutOut = isDeactivated(user) ? "user" : found.isVendorActive ? null : "vendor";
  return { ...user, shutOut };
}

/** The current actor of a user id; undefined when the user or their vendor is deactivated. */
export async function actorForUserId(db: ReadDatabase, id: string, now: Date): Promise<Actor | undefined> {
  const user = await findUser(db, eq(users.id, id));
  if (!user || user.shutOut !== null) return undefined;
  return actorOfUser(user, await loadGrants(db, id, now));
}

/** The user and their grants, with the row locked until the transaction ends; throws `not-found`. */
export async function lockUser(
  tx: Transaction,
  userId: string,
  now: Date,
): Promise<{ user: UserRow; held: HeldGrant[] }> {
  const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("update");
  if (!user) throw new DomainError("not-found", "no-such-user", { userId });
  return { user, held: await loadGrants(tx, userId, now) };
}
