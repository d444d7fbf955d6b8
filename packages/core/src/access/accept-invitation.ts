import { and, eq, getTableColumns } from "drizzle-orm";
import { type ChangedSubject, change, changedBy, createContext } from "../context.ts";
import { type Database, newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import { suppliers } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import type { Role } from "../permissions/index.ts";
import { isInForce } from "../permissions/index.ts";
import { putAccountMail, tellAdministrators } from "./account-mails.ts";
import { addUser } from "./add-user.ts";
import { hashOfPassword } from "./auth.ts";
import { credentialChanged } from "./credential-changed.ts";
import { requestGrant } from "./grant-requests.ts";
import { claimName } from "./login-throttle.ts";
import { passwordFault } from "./password-fault.ts";
import type { AcceptedInvitation } from "./schemas.ts";
import { scopeOfColumns } from "./scope-columns.ts";
import { hashSecret } from "./secrets.ts";
import { isVendorsOwn } from "./subjects.ts";
import { accounts, invitations, users } from "./tables.ts";

type InvitationRow = typeof invitations.$inferSelect & { isVendorActive: boolean | null };

/** Data for the invitation page: for whom the invitation is, and what for. */
export type OpenInvitation = {
  purpose: "account" | "password";
  username: string;
  name: string;
  role: Role | null;
  expiresAt: Date;
};

function openOrThrow(row: InvitationRow | undefined, now: Date): InvitationRow {
  if (!row) throw new DomainError("not-found", "no-such-invitation");
  if (row.acceptedAt !== null) throw new DomainError("gone", "invitation-used", { why: "used" });
  if (row.withdrawnAt !== null) {
    throw new DomainError("gone", "invitation-withdrawn", { why: "withdrawn" });
  }
  if (row.isVendorActive === false) {
    throw new DomainError("gone", "vendor-deactivated", { why: "vendor-deactivated" });
  }
  if (!isInForce(row, now)) throw new DomainError("gone", "invitation-expired", { why: "expired" });
  return row;
}

const selectInvitations = (db: ReadDatabase | Transaction, token: string) =>
  db
    .select({ ...getTableColumns(invitations), isVendorActive: suppliers.isActive })
    .from(invitations)
    .leftJoin(suppliers, eq(suppliers.id, invitations.supplierId))
    .where(eq(invitations.tokenHash, hashSecret(token)));

/**
 * The invitation of a link; throws `not-found`, or `gone` when it was used, withdrawn or has expired, or when the vendor is
 * deactivated.
 */
export async function getOpenInvitation(db: ReadDatabase, token: string, now: Date): Promise<OpenInvitation> {
  const [found] = await selectInvitations(db, token);
  const row = openOrThrow(found, now);
  const { username, name, role, expiresAt } = row;
  return { purpose: row.userId === null ? "account" : "password", username, name, role, expiresAt };
}

/**
 * Creates the account of an invitation, or sets a new password, which ends the sessions and links based on the old one. A link
 * works once. Throws `not-found`, `gone`, `invalid` (the password, with the fault), `conflict` at `username` (the name is taken,
 * another may be chosen) or `too-many` with `until` when too many names were tried.
 */
export async function acceptInvitation(
  db: Database,
  input: AcceptedInvitation,
  now: Date,
): Promise<{ userId: string; username: string }> {
  const open = await getOpenInvitation(db, input.token, now);
  const username = open.purpose === "account" ? (input.username ?? open.username) : open.username;
  const fault = passwordFault(input.password, username);
  if (fault) throw new DomainError("invalid", "password-unusable", { field: "password", fault });
  const until = open.purpose === "account" ? await claimName(db, input.token, now) : undefined;
  if (until) throw new DomainError("too-many", "too-many-usernames", { until: until.toISOString() });
  const passwordHash = await hashOfPassword(input.password);

  const ctx = createContext(db, { kind: "system", job: "invitation" }, now);
  const subject = { type: "user", id: username } as const;
  return await change(ctx, { action: "user.create", subject }, async (tx) => {
    const [found] = await selectInvitations(tx, input.token).for("update", { of: invitations });
    const row = openOrThrow(found, now);
    await tx.update(invitations).set({ acceptedAt: now }).where(eq(invitations.id, row.id));
    const userId = row.userId ?? newId();
    const { supplierId, role } = row;
    const after = { invitation: row.id, username, supplierId, role };
    const entries: ChangedSubject[] = [{ subjectType: "user", subjectId: userId, after }];
    if (row.userId !== null) await replacePassword(tx, row.userId, passwordHash, now);
    else entries.push(...(await addInvited(tx, row, { id: userId, username, passwordHash }, now)));
    return changedBy({ userId, username }, entries);
  });
}

type Added = { id: string; username: string; passwordHash: string };

/** Creates the account, with its role if one person may grant it; otherwise the role waits for a second approver. */
async function addInvited(
  tx: Transaction,
  row: InvitationRow,
  added: Added,
  now: Date,
): Promise<ChangedSubject[]> {
  const { name, email, supplierId, role, scopeKind, invitedBy } = row;
  if (role === null || scopeKind === null) throw new Error("an invitation to an account grants a role");
  const taken = await tx.select({ id: users.id }).from(users).where(eq(users.username, added.username));
  if (taken.length > 0) throw new DomainError("conflict", "username-taken", { field: "username" });
  const given = { role, scope: scopeOfColumns({ ...row, scopeKind }) };
  const [asker] = invitedBy === null ? [] : await tx.select().from(users).where(eq(users.id, invitedBy));
  const takesTwo = asker !== undefined && !isVendorsOwn(given, supplierId);
  await addUser(tx, { ...added, name, email, supplierId, grant: takesTwo ? null : given }, now);
  if (takesTwo) {
    const wanted = { userId: added.id, ...given, validFrom: now, validTo: null };
    return [(await requestGrant(tx, asker, wanted, now)).entry];
  }
  if (supplierId !== null && asker) {
    const details = { role, name, by: asker.name };
    const told = { of: supplierId, kind: "colleague-added", details, except: [asker.id, added.id] } as const;
    await tellAdministrators(tx, told, now);
  }
  return [];
}

async function replacePassword(
  tx: Transaction,
  userId: string,
  passwordHash: string,
  now: Date,
): Promise<void> {
  const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("update");
  if (!user || !isInForce(user, now)) {
    throw new DomainError("gone", "user-deactivated", { why: "withdrawn" });
  }
  await tx
    .update(accounts)
    .set({ password: passwordHash, updatedAt: now })
    .where(and(eq(accounts.userId, userId), eq(accounts.providerId, "credential")));
  await credentialChanged(tx, userId, now);
  await putAccountMail(tx, { userId, kind: "password-changed" }, now);
}
