import { eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Actor } from "../permissions/index.ts";
import { isInForce } from "../permissions/index.ts";
import { putAccountMail } from "./account-mails.ts";
import { withdrawResets } from "./credential-changed.ts";
import { lockUser } from "./load-user.ts";
import type { NewInvitation } from "./schemas.ts";
import { columnsOfScope } from "./scope-columns.ts";
import { hashSecret, newToken } from "./secrets.ts";
import { aboutUser, maySeeUsers, userSubject } from "./subjects.ts";
import { invitations, users } from "./tables.ts";

const invitationDays = 7;

/** A one-time link, whose token is shown only once and stored as its hash. */
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
 * Invites somebody to create an account, by a link that works once within 7 days. The authority invites anybody; an administrator
 * of a vendor invites into that vendor. A role outside the vendor needs the approval of a second person after the account was
 * created. Throws `conflict` when the user name is taken by somebody the actor may see; if another vendor's user has it, the
 * invited user is told and chooses another.
 */
export async function inviteUser(ctx: Context, input: NewInvitation): Promise<Invitation> {
  const { username, name, email, supplierId, role, scope } = input;
  const subject = userSubject({ id: username, supplierId }, [input]);
  return await change(ctx, { action: "user.invite", subject }, async (tx) => {
    const [taken] = await tx.select().from(users).where(eq(users.username, username));
    if (taken && maySeeUsers(ctx, taken.supplierId ?? undefined)) {
      throw new DomainError("conflict", "username-taken", { field: "username" });
    }
    const invitedBy = userIdOf(ctx.actor);
    const invited = { username, name, email, supplierId, role, ...columnsOfScope(scope), invitedBy };
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

const userIdOf = (actor: Actor) => (actor.kind === "user" ? actor.id : null);

/**
 * Gives a user who has lost their password a reset link; earlier links of the user stop working, the old password stays valid
 * until the link is used, and the user is notified by mail. Throws `not-found`, and `conflict` for a deactivated user or
 * (`own-account`) for oneself, as changing one's own password requires the old one.
 */
export async function invitePasswordReset(ctx: Context, userId: string): Promise<Invitation> {
  return await change(ctx, { action: "user.edit", ...aboutUser(ctx, userId) }, async (tx) => {
    if (userIdOf(ctx.actor) === userId) {
      throw new DomainError("conflict", "own-password", {
        fault: "own-account",
      });
    }
    const { user } = await lockUser(tx, userId, ctx.now);
    if (!isInForce(user, ctx.now)) {
      throw new DomainError("conflict", "user-deactivated", { userId });
    }
    const { username, name, email, supplierId } = user;
    await withdrawResets(tx, userId, ctx.now);
    const invitation = await addInvitation(tx, ctx.now, {
      ...{ userId, username, name, email, supplierId, invitedBy: userIdOf(ctx.actor) },
    });
    await putAccountMail(tx, { userId, kind: "reset-link-made" }, ctx.now);
    const after = { purpose: "password", userId, username, expiresAt: invitation.expiresAt };
    return {
      result: invitation,
      entries: [{ subjectType: "invitation", subjectId: invitation.id, after }],
    };
  });
}
