import { eq } from "drizzle-orm";
import { DomainError } from "../errors.ts";
import { appendEntries } from "../journal/index.ts";
import { type Auth, cookiesOf, loginHeaders, type SessionCookie } from "./auth.ts";
import { requireOwnPassword } from "./own-password.ts";
import type { Session } from "./sessions.ts";
import { users } from "./tables.ts";
import { unlessRefused } from "./unless-refused.ts";

/** What the user puts into an authenticator, told this once, with codes for when it is lost. */
export type SecondFactor = { uri: string; backupCodes: string[] };

/** A user's own session, the headers it came with and the client's address. */
export type OwnRequest = { session: Session; headers: Headers; address: string };

/** How many of the codes kept for a lost authenticator are left; null while there is no second factor. */
export async function countBackupCodes(auth: Auth, session: Session): Promise<number | null> {
  const userId = session.actor.id;
  const [user] = await auth.db.select().from(users).where(eq(users.id, userId));
  if (!user?.twoFactorEnabled) return null;
  const { backupCodes } = await auth.better.api.viewBackupCodes({ body: { userId } });
  return backupCodes.length;
}

/**
 * Prepares a second factor for the user; logging in asks for it once `confirmSecondFactor` has seen a code.
 * Throws `invalid` when the password is wrong, `too-many` after too many, `conflict` when there is one already.
 */
export async function prepareSecondFactor(
  auth: Auth,
  own: OwnRequest,
  password: string,
  now: Date,
): Promise<SecondFactor> {
  await requireOwnPassword(auth, own, { field: "password", password }, now);
  const headers = loginHeaders(own.headers);
  const made = await unlessRefused(auth.better.api.enableTwoFactor({ body: { password }, headers }));
  if (!made || !("totpURI" in made)) throw new DomainError("conflict", "There is a second factor already.");
  return { uri: made.totpURI, backupCodes: made.backupCodes };
}

/**
 * Switches the second factor on by a first code of the authenticator, and journals it. Gives the cookies of the
 * session that takes the place of the present one; throws `invalid` when the code is wrong.
 */
export async function confirmSecondFactor(
  auth: Auth,
  own: OwnRequest,
  code: string,
  now: Date,
): Promise<SessionCookie[]> {
  const headers = loginHeaders(own.headers);
  const answer = await unlessRefused(
    auth.better.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }),
  );
  if (!answer) throw new DomainError("invalid", "The code is wrong.", { field: "code" });
  await journalFactor(auth, own, "second-factor.on", now);
  return cookiesOf(answer.headers);
}

/**
 * Switches the second factor off, and journals it. Gives the cookies of the session that takes the place of the present
 * one; throws `invalid` when the password is wrong, `too-many` after too many.
 */
export async function removeSecondFactor(
  auth: Auth,
  own: OwnRequest,
  password: string,
  now: Date,
): Promise<SessionCookie[]> {
  await requireOwnPassword(auth, own, { field: "password", password }, now);
  const headers = loginHeaders(own.headers);
  const answer = await auth.better.api.disableTwoFactor({
    body: { password },
    headers,
    returnHeaders: true,
  });
  await journalFactor(auth, own, "second-factor.off", now);
  return cookiesOf(answer.headers);
}

/**
 * Makes new codes for a lost authenticator, told this once; the old ones end. Throws `invalid` when the password is wrong,
 * `too-many` after too many, `conflict` when there is no second factor.
 */
export async function renewBackupCodes(
  auth: Auth,
  own: OwnRequest,
  password: string,
  now: Date,
): Promise<string[]> {
  await requireOwnPassword(auth, own, { field: "password", password }, now);
  const headers = loginHeaders(own.headers);
  const made = await unlessRefused(auth.better.api.generateBackupCodes({ body: { password }, headers }));
  if (!made) throw new DomainError("conflict", "There is no second factor.");
  await journalFactor(auth, own, "second-factor.codes", now);
  return made.backupCodes;
}

async function journalFactor(auth: Auth, own: OwnRequest, action: string, now: Date): Promise<void> {
  const { actor } = own.session;
  const entry = { action, outcome: "done", subjectType: "user", subjectId: actor.id } as const;
  await auth.db.transaction((tx) => appendEntries(tx, actor, now, [entry]));
}
