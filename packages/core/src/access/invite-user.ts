import { eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { putAccountMail } from "./account-mails.ts";
import { withdrawResets } from "./credential-changed.ts";
import { lockUser } from "./load-user.ts";
import type { NewInvitation } from "./schemas.ts";
import { columnsOfScope } from "./scope-columns.ts";
import { hashSecret, newToken } from "./secrets.ts";
import { userSubject } from "./subjects.ts";
import { invitations, users } from "./tables.ts";

const invitationDays = 7;

/** A one-time link, whose token is told this once and kept as its hash only. */
export type Invitation = { id: string; token: string; expiresAt: Date };

type Invited = Omit<typeof invitations.$inferInsert, "id" | "tokenHash" | "createdAt" | "expiresAt">;

async function addInvitation(tx: Transaction, now: Date, invited: Invited): Promise<Invitation> {
  const id = newId();
  const token = newToken();
  const expiresAt = new Date(now.getTime() + invitationDays * 86_400_000);
  await tx
    .insert(invitations)
    .values({ ...invited, id, tokenHash: hashSecret(token), createdAt: now, expiresAt });
  return { id, token, expiresAt };
}

/**
 * Invites somebody to make an account, by a link that works once within 7 days. The authority invites anybody; an
 * administrator of a vendor invites into that vendor. Throws `conflict` when the user name is taken.
 */
export async function inviteUser(ctx: Context, input: NewInvitation): Promise<Invitation> {
  const { username, name, email, supplierId, role, scope } = input;
  const subject = userSubject({ id: username, supplierId }, [input]);
  return await change(ctx, { action: "user.invite", subject }, async (tx) => {
    const taken = await tx.select({ id: users.id }).from(users).where(eq(users.username, username));
    if (taken.length > 0) {
      throw new DomainError("conflict", "The user name is taken.", { field: "username" });
    }
    const invited = { username, name, email, supplierId, role, ...columnsOfScope(scope) };
    const invitation = await addInvitation(tx, ctx.now, invited);
    const after = {
      purpose: "account",
      username,
      supplierId,
      role,
      scope,
      expiresAt: invitation.expiresAt,
    };
    return {
      result: invitation,
      entries: [{ subjectType: "invitation", subjectId: invitation.id, after }],
    };
  });
}

/**
 * Gives a user who has lost their password a link to set a new one; earlier links for the user stop working, the old
 * password stays valid until the link is used, and the user is told by mail. Throws `not-found`, and `conflict` for a deactivated user.
 */
export async function invitePasswordReset(ctx: Context, userId: string): Promise<Invitation> {
  const subject = async (tx: Transaction) => {
    const { user, held } = await lockUser(tx, userId, ctx.now);
    return userSubject(user, held);
  };
  return await change(ctx, { action: "user.edit", subject }, async (tx) => {
    const { user } = await lockUser(tx, userId, ctx.now);
    if (user.deactivatedAt !== null) {
      throw new DomainError("conflict", "The user is deactivated.", { userId });
    }
    const { username, name, email, supplierId } = user;
    await withdrawResets(tx, userId, ctx.now);
    const invitation = await addInvitation(tx, ctx.now, { userId, username, name, email, supplierId });
    await putAccountMail(tx, { userId, kind: "reset-link-made" }, ctx.now);
    const after = { purpose: "password", userId, username, expiresAt: invitation.expiresAt };
    return {
      result: invitation,
      entries: [{ subjectType: "invitation", subjectId: invitation.id, after }],
    };
  });
}
