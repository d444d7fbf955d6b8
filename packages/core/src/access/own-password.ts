import { and, eq } from "drizzle-orm";
import type { Database, ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Auth, isPassword } from "./auth.ts";
import { claimAttempt, forgiveAttempt } from "./login-throttle.ts";
import type { Session } from "./sessions.ts";
import { accounts } from "./tables.ts";

/** Where a user's password stands. */
export const ownPassword = (userId: string) =>
  and(eq(accounts.userId, userId), eq(accounts.providerId, "credential"));

/** The hash of a user's password; undefined when there is none. */
export async function passwordHashOf(db: ReadDatabase, userId: string): Promise<string | undefined> {
  const [account] = await db.select().from(accounts).where(ownPassword(userId));
  return account?.password ?? undefined;
}

/** Whether a user's password is still the one of this hash, once whoever is changing it has done so. */
export async function isStillPassword(
  db: Database,
  userId: string,
  hash: string | undefined,
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [account] = await tx.select().from(accounts).where(ownPassword(userId)).for("share");
    return (account?.password ?? undefined) === hash;
  });
}

export const wrongPassword = (field: string) =>
  new DomainError("invalid", "The password is wrong.", { field, fault: "wrong" });

/**
 * Checks the password of who is signed in, and counts a wrong one with failed logins; gives the hash that it was checked by.
 * Throws `invalid` at the field it was typed in, or `too-many` with `until`.
 */
export async function requireOwnPassword(
  auth: Auth,
  own: { session: Session; address: string },
  typed: { field: string; password: string },
  now: Date,
): Promise<string> {
  const source = { username: own.session.username, address: own.address };
  const until = await claimAttempt(auth.db, source, now);
  if (until) throw new DomainError("too-many", "Too many wrong passwords.", { until: until.toISOString() });
  const hash = await passwordHashOf(auth.db, own.session.actor.id);
  if (!(await isPassword(typed.password, hash)) || !hash) throw wrongPassword(typed.field);
  await forgiveAttempt(auth.db, source, now);
  return hash;
}
