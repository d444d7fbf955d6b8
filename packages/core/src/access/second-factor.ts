import { eq } from "drizzle-orm";
import { DomainError } from "../errors.ts";
import { appendEntries, type LoginAction } from "../journal/index.ts";
import {
  type Auth,
  cookiesOf,
  loginHeaders,
  type SessionCookie,
  sessionTokenOf,
  unlessRefused,
} from "./auth.ts";
import { renewAuthenticatorKey, takeCode } from "./authenticator-codes.ts";
import { credentialChanged } from "./credential-changed.ts";
import { requireOwnPassword } from "./own-password.ts";
import type { OwnRequest, Session } from "./sessions.ts";
import { users } from "./tables.ts";

/** The authenticator's setup URI, shown only once, with backup codes. */
export type SecondFactor = { uri: string; backupCodes: string[] };

/** How many backup codes are left; null without a second factor. */
export async function countBackupCodes(auth: Auth, session: Session): Promise<number | null> {
  const userId = session.actor.id;
  const [user] = await auth.db.select().from(users).where(eq(users.id, userId));
  if (!user?.twoFactorEnabled) return null;
  const { backupCodes } = await auth.better.api.viewBackupCodes({ body: { userId } });
  return backupCodes.length;
}

/**
 * Prepares a second factor; logins require it once `confirmSecondFactor` has accepted a code. Throws `invalid` when the password
 * is wrong, `too-many` after too many, `conflict` when there is one already.
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
  if (!made || !("totpURI" in made)) throw new DomainError("conflict", "second-factor-exists");
  const { id } = own.session.actor;
  const key = await renewAuthenticatorKey(auth, id);
  const label = encodeURIComponent(own.session.username);
  const uri = `otpauth://totp/SOR:${label}?secret=${key}&issuer=SOR&digits=6&period=30`;
  return { uri, backupCodes: made.backupCodes };
}

/**
 * Enables the second factor with a first authenticator code, and journals it. Returns the cookies of the session that replaces
 * the present one; throws `invalid` when the code is wrong.
 */
export async function confirmSecondFactor(
  auth: Auth,
  own: OwnRequest,
  code: string,
  now: Date,
): Promise<SessionCookie[]> {
  const headers = loginHeaders(own.headers);
  const answer = (await takeCode(auth, own.session.actor.id, code, now))
    ? await unlessRefused(auth.better.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }))
    : undefined;
  if (!answer) throw new DomainError("invalid", "wrong-code", { field: "code" });
  const cookies = cookiesOf(answer.headers);
  await factorChanged(auth, own, { action: "second-factor.on", cookies }, now);
  return cookies;
}

/**
 * Disables the second factor, and journals it. Returns the cookies of the session that replaces the present one; throws `invalid`
 * when the password is wrong, `too-many` after too many.
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
  const cookies = cookiesOf(answer.headers);
  await factorChanged(auth, own, { action: "second-factor.off", cookies }, now);
  return cookies;
}

/**
 * Creates new backup codes, shown only once; the old ones become invalid. Throws `invalid` when the password is wrong, `too-many`
 * after too many, `conflict` when there is no second factor.
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
  if (!made) throw new DomainError("conflict", "second-factor-missing");
  await factorChanged(auth, own, { action: "second-factor.codes" }, now);
  return made.backupCodes;
}

/** Journals a change of the second factor and ends everything based on the old one except the user's own session. */
async function factorChanged(
  auth: Auth,
  { session }: OwnRequest,
  done: { action: LoginAction; cookies?: readonly SessionCookie[] },
  now: Date,
): Promise<void> {
  const { actor } = session;
  const token = sessionTokenOf(done.cookies ?? []);
  const kept = token === undefined ? { sessionId: session.id } : { token };
  const entry = { action: done.action, outcome: "done", subjectType: "user", subjectId: actor.id } as const;
  await auth.db.transaction(async (tx) => {
    await credentialChanged(tx, actor.id, now, kept);
    await appendEntries(tx, actor, now, [entry]);
  });
}
