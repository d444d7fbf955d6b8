import { and, eq } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Auth, isPassword } from "./auth.ts";
import { knownDevice } from "./known-devices.ts";
import { claimAttempt, forgiveAttempt } from "./login-throttle.ts";
import type { OwnRequest } from "./sessions.ts";
import { accounts } from "./tables.ts";

/** Condition for the row with a user's password. */
export const ownPassword = (userId: string) =>
  and(eq(accounts.userId, userId), eq(accounts.providerId, "credential"));

/** The hash of a user's password; undefined when there is none. */
export async function passwordHashOf(db: ReadDatabase, userId: string): Promise<string | undefined> {
  const [account] = await db.select().from(accounts).where(ownPassword(userId));
  return account?.password ?? undefined;
}

export const wrongPassword = (field: string) =>
  new DomainError("invalid", "wrong-password", { field, fault: "wrong" });

/**
 * Checks the password of the signed-in user, and counts a wrong one as a failed login; returns the hash it was checked against.
 * Throws `invalid` at the form field, or `too-many` with `until`.
 */
export async function requireOwnPassword(
  auth: Auth,
  own: OwnRequest,
  typed: { field: string; password: string },
  now: Date,
): Promise<string> {
  const { session, headers, address } = own;
  const { credentialVersion } = session;
  const device = knownDevice(auth, headers, { id: session.actor.id, credentialVersion });
  const source = { username: session.username, address, device };
  const until = await claimAttempt(auth.db, source, now);
  if (until) throw new DomainError("too-many", "too-many-wrong-passwords", { until: until.toISOString() });
  const hash = await passwordHashOf(auth.db, session.actor.id);
  if (!(await isPassword(typed.password, hash)) || !hash) throw wrongPassword(typed.field);
  await forgiveAttempt(auth.db, source, now);
  return hash;
}
