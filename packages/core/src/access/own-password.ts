import { and, eq } from "drizzle-orm";
import { DomainError } from "../errors.ts";
import { type Auth, isPassword } from "./auth.ts";
import { claimAttempt, forgiveAttempt } from "./login-throttle.ts";
import type { Session } from "./sessions.ts";
import { accounts } from "./tables.ts";

/** Where a user's password stands. */
export const ownPassword = (userId: string) =>
  and(eq(accounts.userId, userId), eq(accounts.providerId, "credential"));

/**
 * Checks the password of who is signed in, and counts a wrong one with failed logins. Throws `invalid` at the field it was
 * typed in, or `too-many` with `until`.
 */
export async function requireOwnPassword(
  auth: Auth,
  own: { session: Session; address: string },
  typed: { field: string; password: string },
  now: Date,
): Promise<void> {
  const source = { username: own.session.username, address: own.address };
  const until = await claimAttempt(auth.db, source, now);
  if (until) throw new DomainError("too-many", "Too many wrong passwords.", { until: until.toISOString() });
  const [account] = await auth.db.select().from(accounts).where(ownPassword(own.session.actor.id));
  if (!(await isPassword(typed.password, account?.password))) {
    throw new DomainError("invalid", "The password is wrong.", { field: typed.field, fault: "wrong" });
  }
  await forgiveAttempt(auth.db, source, now);
}
