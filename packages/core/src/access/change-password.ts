import { and, eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { putAccountMail } from "./account-mails.ts";
import { type Auth, hashOfPassword } from "./auth.ts";
import { credentialChanged } from "./credential-changed.ts";
import { ownPassword, requireOwnPassword, wrongPassword } from "./own-password.ts";
import { passwordFault } from "./password-fault.ts";
import type { ChangedPassword } from "./schemas.ts";
import type { OwnRequest } from "./sessions.ts";
import { accounts } from "./tables.ts";

/**
 * Changes one's own password and ends everything based on the old one except one's own session. The old password is checked, and
 * wrong ones count as failed logins. Throws `invalid` with `field` and `fault`, or `too-many` with `until`.
 */
export async function changePassword(
  ctx: Context,
  input: ChangedPassword,
  at: OwnRequest & { auth: Auth },
): Promise<void> {
  const { auth, session } = at;
  const userId = session.actor.id;
  const fault = passwordFault(input.newPassword, session.username);
  if (fault) throw new DomainError("invalid", "password-unusable", { field: "newPassword", fault });

  const old = { field: "oldPassword", password: input.oldPassword };
  const checked = await requireOwnPassword(auth, at, old, ctx.now);
  const password = await hashOfPassword(input.newPassword);

  const subject = { type: "user", id: userId } as const;
  await change(ctx, { action: "password.change", subject }, async (tx: Transaction) => {
    // The password may have changed since it was checked: then the one typed is no longer valid.
    const isChecked = and(ownPassword(userId), eq(accounts.password, checked));
    const changed = await tx.update(accounts).set({ password, updatedAt: ctx.now }).where(isChecked);
    if (changed.rowCount === 0) throw wrongPassword("oldPassword");
    await credentialChanged(tx, userId, ctx.now, { sessionId: session.id });
    await putAccountMail(tx, { userId, kind: "password-changed" }, ctx.now);
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId }] };
  });
}
