import { and, asc, desc, eq, inArray, isNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { GrantScope, Role } from "../permissions/index.ts";
import type { HeldGrant } from "./load-user.ts";
import { scopeOfColumns } from "./scope-columns.ts";
import { maySeeUsers, noSuchUser } from "./subjects.ts";
import { grants, invitations, users } from "./tables.ts";
import { whereNotEnded } from "./where-in-force.ts";

const usersMax = 500;

/** A user as shown to their administrators. */
export type ListedUser = {
  id: string;
  username: string;
  name: string;
  email: string;
  supplierId: string | null;
  createdAt: Date;
  deactivatedAt: Date | null;
  /** Who deactivated the user: only the authority can reactivate users it deactivated. */
  deactivatedBy: "authority" | "vendor" | null;
  hasSecondFactor: boolean;
  grants: HeldGrant[];
};

/** Users of one vendor of all. */
export type UserFilter = { supplierId?: string | undefined };

function throwUnlessAdministrator(ctx: Context, supplierId: string | undefined): void {
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  if (!maySeeUsers(ctx, supplierId)) {
    throw new DomainError("not-allowed", "no-right-to-users", {
      action: "user.edit",
    });
  }
}

async function grantsOf(ctx: Context, userIds: readonly string[]): Promise<Map<string, HeldGrant[]>> {
  const rows = await ctx.db
    .select()
    .from(grants)
    .where(and(inArray(grants.userId, [...userIds]), whereNotEnded(grants, ctx.now)))
    .orderBy(asc(grants.validFrom), asc(grants.id));
  const byUser = new Map<string, HeldGrant[]>();
  for (const row of rows) {
    const { id, role, validFrom, validTo } = row;
    const grant = { id, role, scope: scopeOfColumns(row), validFrom, validTo };
    byUser.set(row.userId, [...(byUser.get(row.userId) ?? []), grant]);
  }
  return byUser;
}

/** The users of one vendor for its administrator any for the authority, by user name; at most 500. */
export async function listUsers(ctx: Context, filter: UserFilter): Promise<ListedUser[]> {
  throwUnlessAdministrator(ctx, filter.supplierId);
  const rows = await ctx.db
    .select()
    .from(users)
    .where(filter.supplierId === undefined ? undefined : eq(users.supplierId, filter.supplierId))
    .orderBy(asc(users.username))
    .limit(usersMax);
  const held = await grantsOf(
    ctx,
    rows.map((row) => row.id),
  );
  return rows.map(
    ({
      id,
      username,
      name,
      email,
      supplierId,
      createdAt,
      deactivatedAt,
      deactivatedBy,
      twoFactorEnabled,
    }) => ({
      id,
      username,
      name,
      email,
      supplierId,
      createdAt,
      deactivatedAt,
      deactivatedBy,
      hasSecondFactor: twoFactorEnabled,
      grants: held.get(id) ?? [],
    }),
  );
}

/** A user with their grants; throws `not-found`, also for actors who do not administer them. */
export async function getUser(ctx: Context, userId: string): Promise<ListedUser> {
  const [user] = await ctx.db.select().from(users).where(eq(users.id, userId));
  if (!user || !maySeeUsers(ctx, user.supplierId ?? undefined)) throw noSuchUser(userId);
  const { id, username, name, email, supplierId, createdAt, deactivatedAt, deactivatedBy } = user;
  const held = await grantsOf(ctx, [id]);
  return {
    id,
    username,
    name,
    email,
    supplierId,
    createdAt,
    deactivatedAt,
    deactivatedBy,
    hasSecondFactor: user.twoFactorEnabled,
    grants: held.get(id) ?? [],
  };
}

/** An open invitation. */
export type PendingInvitation = {
  id: string;
  purpose: "account" | "password";
  username: string;
  name: string;
  supplierId: string | null;
  role: Role | null;
  scope: GrantScope | null;
  createdAt: Date;
  expiresAt: Date;
};

/** The invitations neither used nor withdrawn, newest first, by the rules of `listUsers`; at most 500. */
export async function listInvitations(ctx: Context, filter: UserFilter): Promise<PendingInvitation[]> {
  throwUnlessAdministrator(ctx, filter.supplierId);
  const rows = await ctx.db
    .select()
    .from(invitations)
    .where(
      and(
        isNull(invitations.acceptedAt),
        isNull(invitations.withdrawnAt),
        filter.supplierId === undefined ? undefined : eq(invitations.supplierId, filter.supplierId),
      ),
    )
    .orderBy(desc(invitations.createdAt))
    .limit(usersMax);
  return rows.map((row) => ({
    id: row.id,
    purpose: row.userId === null ? "account" : "password",
    username: row.username,
    name: row.name,
    supplierId: row.supplierId,
    role: row.role,
    scope: row.scopeKind === null ? null : scopeOfColumns({ ...row, scopeKind: row.scopeKind }),
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
  }));
}
