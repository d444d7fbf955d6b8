import { and, eq } from "drizzle-orm";
import { change, createContext } from "../context.ts";
import { type Database, newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Role } from "../permissions/index.ts";
import { putAccountMail } from "./account-mails.ts";
import { addUser } from "./add-user.ts";
import { hashOfPassword } from "./auth.ts";
import { credentialChanged } from "./credential-changed.ts";
import { passwordFault } from "./password-fault.ts";
import type { AcceptedInvitation } from "./schemas.ts";
import { scopeOfColumns } from "./scope-columns.ts";
import { hashSecret } from "./secrets.ts";
import { accounts, invitations, users } from "./tables.ts";

type InvitationRow = typeof invitations.$inferSelect;

/** What the page of an invitation shows: for whom it is, and what it is for. */
export type OpenInvitation = {
  purpose: "account" | "password";
  username: string;
  name: string;
  role: Role | null;
  expiresAt: Date;
};

function openOrThrow(row: InvitationRow | undefined, now: Date): InvitationRow {
  if (!row) throw new DomainError("not-found", "There is no such invitation.");
  if (row.acceptedAt !== null)
    throw new DomainError("gone", "The invitation has been used.", { why: "used" });
  if (row.withdrawnAt !== null) {
    throw new DomainError("gone", "The invitation was withdrawn.", { why: "withdrawn" });
  }
  if (row.expiresAt <= now) throw new DomainError("gone", "The invitation has expired.", { why: "expired" });
  return row;
}

/** The invitation behind a link; throws `not-found`, or `gone` when it was used, withdrawn or has expired. */
export async function getOpenInvitation(db: ReadDatabase, token: string, now: Date): Promise<OpenInvitation> {
  const [found] = await db
    .select()
    .from(invitations)
    .where(eq(invitations.tokenHash, hashSecret(token)));
  const row = openOrThrow(found, now);
  const { username, name, role, expiresAt } = row;
  return { purpose: row.userId === null ? "account" : "password", username, name, role, expiresAt };
}

/**
 * Makes the account that an invitation is for, or gives it its new password, which ends what hung on the old one. A link works once.
 * Throws `not-found`, `gone`, `invalid` (the password, with the fault) or `conflict` (the user name was taken since).
 */
export async function acceptInvitation(
  db: Database,
  input: AcceptedInvitation,
  now: Date,
): Promise<{ userId: string; username: string }> {
  const open = await getOpenInvitation(db, input.token, now);
  const fault = passwordFault(input.password, open.username);
  if (fault) throw new DomainError("invalid", "The password cannot be used.", { field: "password", fault });
  const passwordHash = await hashOfPassword(input.password);

  const ctx = createContext(db, { kind: "system", job: "invitation" }, now);
  const subject = { type: "user", id: open.username } as const;
  return await change(ctx, { action: "user.create", subject }, async (tx) => {
    const [found] = await tx
      .select()
      .from(invitations)
      .where(eq(invitations.tokenHash, hashSecret(input.token)))
      .for("update");
    const row = openOrThrow(found, now);
    await tx.update(invitations).set({ acceptedAt: now }).where(eq(invitations.id, row.id));
    const userId = row.userId ?? newId();
    if (row.userId === null) await addInvited(tx, row, userId, passwordHash, now);
    else await replacePassword(tx, row.userId, passwordHash, now);
    const after = { invitation: row.id, username: row.username, supplierId: row.supplierId, role: row.role };
    return {
      result: { userId, username: row.username },
      entries: [{ subjectType: "user", subjectId: userId, after }],
    };
  });
}

async function addInvited(
  tx: Transaction,
  row: InvitationRow,
  id: string,
  passwordHash: string,
  now: Date,
): Promise<void> {
  const { username, name, email, supplierId, role, scopeKind, scopeSorId, scopeGlns, scopeSupplierId } = row;
  if (role === null || scopeKind === null) throw new Error("an invitation to an account grants a role");
  const scope = scopeOfColumns({ scopeKind, scopeSorId, scopeGlns, scopeSupplierId });
  await addUser(tx, { id, username, name, email, supplierId, role, scope, passwordHash }, now);
}

async function replacePassword(
  tx: Transaction,
  userId: string,
  passwordHash: string,
  now: Date,
): Promise<void> {
  const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("update");
  if (!user || user.deactivatedAt !== null) {
    throw new DomainError("gone", "The user is deactivated.", { why: "withdrawn" });
  }
  await tx
    .update(accounts)
    .set({ password: passwordHash, updatedAt: now })
    .where(and(eq(accounts.userId, userId), eq(accounts.providerId, "credential")));
  await credentialChanged(tx, userId, now);
  await putAccountMail(tx, { userId, kind: "password-changed" }, now);
}
