import { and, eq, ne } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Auth, hashOfPassword, isPassword } from "./auth.ts";
import { claimAttempt, forgiveAttempt } from "./login-throttle.ts";
import { passwordFault } from "./password-fault.ts";
import type { ChangedPassword } from "./schemas.ts";
import type { Session } from "./sessions.ts";
import { accounts, sessions } from "./tables.ts";

const ownPassword = (userId: string) =>
  and(eq(accounts.userId, userId), eq(accounts.providerId, "credential"));

/**
 * Changes one's own password and ends one's other sessions. The old one is checked, and wrong ones are counted with
 * failed logins. Throws `invalid` with `field` and `fault`, or `too-many` with `until`.
 */
export async function changePassword(
  ctx: Context,
  input: ChangedPassword,
  at: { auth: Auth; session: Session; address: string },
): Promise<void> {
  const { auth, session } = at;
  const userId = session.actor.id;
  const fault = passwordFault(input.newPassword, session.username);
  if (fault)
    throw new DomainError("invalid", "The password cannot be used.", { field: "newPassword", fault });

  const source = { username: session.username, address: at.address };
  const until = await claimAttempt(auth.db, source, ctx.now);
  if (until) throw new DomainError("too-many", "Too many wrong passwords.", { until: until.toISOString() });
  const [account] = await ctx.db.select().from(accounts).where(ownPassword(userId));
  if (!(await isPassword(input.oldPassword, account?.password))) {
    throw new DomainError("invalid", "The old password is wrong.", { field: "oldPassword", fault: "wrong" });
  }
  await forgiveAttempt(auth.db, source, ctx.now);
  const password = await hashOfPassword(input.newPassword);

  const subject = { type: "user", id: userId } as const;
  await change(ctx, { action: "password.change", subject }, async (tx: Transaction) => {
    await tx.update(accounts).set({ password, updatedAt: ctx.now }).where(ownPassword(userId));
    await tx.delete(sessions).where(and(eq(sessions.userId, userId), ne(sessions.id, session.id)));
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId }] };
  });
}
