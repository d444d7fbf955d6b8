import { newId, type Transaction } from "../database/index.ts";
import type { GrantScope, Role } from "../permissions/index.ts";
import { columnsOfScope } from "./scope-columns.ts";
import { accounts, grants, users } from "./tables.ts";

export type AddedUser = {
  id: string;
  username: string;
  name: string;
  email: string;
  supplierId: string | null;
  /** The first grant, if one person may give it. */
  grant: { role: Role; scope: GrantScope } | null;
  passwordHash: string;
};

/** Inserts a user with their password and, if given, first grant; the caller has checked the permission. */
export async function addUser(tx: Transaction, added: AddedUser, now: Date): Promise<void> {
  const { id, username, name, email, supplierId, grant, passwordHash } = added;
  const stamps = { createdAt: now, updatedAt: now };
  await tx.insert(users).values({ id, username, name, email, supplierId, ...stamps });
  await tx.insert(accounts).values({
    id: newId(),
    userId: id,
    accountId: id,
    providerId: "credential",
    password: passwordHash,
    ...stamps,
  });
  if (!grant) return;
  const { role, scope } = grant;
  await tx
    .insert(grants)
    .values({ id: newId(), userId: id, role, ...columnsOfScope(scope), validFrom: now, validTo: null });
}
