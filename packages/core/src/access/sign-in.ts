import { and, eq } from "drizzle-orm";
import { appendEntries, type LoginAction } from "../journal/index.ts";
import { journalEntries } from "../journal/tables.ts";
import type { Actor } from "../permissions/index.ts";
import { formatDanishInstant } from "../validity/index.ts";
import { putAccountMail } from "./account-mails.ts";
import {
  type Auth,
  cookiesOf,
  isPassword,
  loginHeaders,
  type SessionCookie,
  sessionTokenOf,
  unlessRefused,
} from "./auth.ts";
import { keptCodeOf, takeCode } from "./authenticator-codes.ts";
import { isStillVersion } from "./credential-changed.ts";
import { deviceCookie, hasUsedDevice, knownDevice } from "./known-devices.ts";
import { actorOfUser, type FoundUser, findUser, loadGrants, type UserRow } from "./load-user.ts";
import { claimAttempt, forgiveAttempt } from "./login-throttle.ts";
import { passwordHashOf } from "./own-password.ts";
import { AuthenticatorCode, type Credentials, Username } from "./schemas.ts";
import { sessions, twoFactors, users } from "./tables.ts";

/** Result of a login attempt. `wrong` says no more than that: not whether the user name exists. */
export type SignIn =
  | { outcome: "signed-in"; actor: Actor & { kind: "user" }; cookies: SessionCookie[] }
  | { outcome: "second-factor"; cookies: SessionCookie[] }
  | { outcome: "wrong" }
  /** The password is right, but the user's vendor is deactivated. */
  | { outcome: "vendor-deactivated" }
  /** The first step of the login has expired, was used, or is no longer valid. */
  | { outcome: "over" }
  | { outcome: "locked"; until: Date };

/** Origin of an attempt: the request's headers (cookie and user agent are used) and the client's address. */
export type LoginRequest = { headers: Headers; address: string };

type Answer = { cookies: SessionCookie[]; isWhole: boolean };

/** This many wrong codes in a row after a correct password indicate that somebody else has the password. */
const codesBeforeMail = 3;

/**
 * Logs in with user name and password. Attempts are counted in the database by the rules of `login-throttle.ts`; a lockout
 * refuses the correct password too. Every login creates a new session and ends the browser's previous one.
 */
export async function signIn(
  auth: Auth,
  credentials: Credentials,
  request: LoginRequest,
  now: Date,
): Promise<SignIn> {
  const username = credentials.username.trim().toLowerCase();
  const user = await findByName(auth, username);
  const device = user && knownDevice(auth, request.headers, user);
  const source = { username, address: request.address, device };
  const until = await claimAttempt(auth.db, source, now);
  if (until) return { outcome: "locked", until };

  if (user?.shutOut !== null) {
    const mayKnow = await isPasswordOfShutOut(auth, user, credentials.password);
    if (mayKnow) await forgiveAttempt(auth.db, source, now);
    await recordLogin(auth, user, "refused", now);
    return { outcome: mayKnow ? "vendor-deactivated" : "wrong" };
  }
  const answer = await askForSession(auth, user, credentials.password, request);
  if (!answer) {
    await recordLogin(auth, user, "refused", now);
    return { outcome: "wrong" };
  }
  await forgiveAttempt(auth.db, source, now);
  if (!answer.isWhole) return { outcome: "second-factor", cookies: answer.cookies };
  return await welcome(auth, user, answer.cookies, request, now);
}

/** The second step of a login: the authenticator's code, or a backup code. */
export async function signInWithCode(
  auth: Auth,
  code: string,
  request: LoginRequest,
  now: Date,
): Promise<SignIn> {
  const headers = loginHeaders(request.headers, request.address);
  const userId = await auth.better.api.findPendingLogin({ headers });
  const user = userId === null ? undefined : await findUser(auth.db, eq(users.id, userId));
  if (!user || user.shutOut !== null) return { outcome: "over" };
  const [factor] = await auth.db.select().from(twoFactors).where(eq(twoFactors.userId, user.id));
  if (factor?.lockedUntil && factor.lockedUntil > now)
    return { outcome: "locked", until: factor.lockedUntil };

  const answer = await askWithCode(auth, user, code, { headers, now });
  if (!answer) {
    await recordWrongCode(auth, user, now);
    return { outcome: "wrong" };
  }
  const cookies = await unlessChanged(auth, user, cookiesOf(answer.headers));
  return cookies ? await welcome(auth, user, cookies, request, now) : { outcome: "over" };
}

/** Verifies the code with better-auth, which counts failures; for a code used before it gets an empty one. */
async function askWithCode(auth: Auth, user: UserRow, code: string, at: { headers: Headers; now: Date }) {
  const { verifyTOTP, verifyBackupCode } = auth.better.api;
  const options = { headers: at.headers, returnHeaders: true } as const;
  if (AuthenticatorCode.safeParse(code).success) {
    const taken = (await takeCode(auth, user.id, code, at.now)) ? code : "";
    return await unlessRefused(verifyTOTP({ body: { code: taken }, ...options }));
  }
  const kept = (await keptCodeOf(auth, user.id, code)) ?? "";
  return await unlessRefused(verifyBackupCode({ body: { code: kept }, ...options }));
}

async function findByName(auth: Auth, username: string): Promise<FoundUser | undefined> {
  if (!Username.safeParse(username).success) return undefined;
  return await findUser(auth.db, eq(users.username, username));
}

/** Whether whoever cannot sign in may be told why: their vendor is deactivated, and they know the password. */
async function isPasswordOfShutOut(
  auth: Auth,
  user: FoundUser | undefined,
  password: string,
): Promise<boolean> {
  const hash = user?.shutOut === "vendor" ? await passwordHashOf(auth.db, user.id) : undefined;
  return await isPassword(password, hash);
}

/**
 * A credential change ends all sessions; one being created with the old credential must not survive. Returns the login's cookies,
 * or undefined when the user's credential changed meanwhile; then its session is ended.
 */
async function unlessChanged(
  auth: Auth,
  user: UserRow,
  cookies: SessionCookie[],
): Promise<SessionCookie[] | undefined> {
  if (await isStillVersion(auth.db, user.id, user.credentialVersion)) return cookies;
  const token = sessionTokenOf(cookies);
  if (token !== undefined) await auth.db.delete(sessions).where(eq(sessions.token, token));
  return undefined;
}

async function askForSession(
  auth: Auth,
  user: UserRow,
  password: string,
  request: LoginRequest,
): Promise<Answer | undefined> {
  const headers = loginHeaders(request.headers, request.address);
  const body = { username: user.username, password };
  const answer = await unlessRefused(auth.better.api.signInUsername({ body, headers, returnHeaders: true }));
  const cookies = answer && (await unlessChanged(auth, user, cookiesOf(answer.headers)));
  return cookies && { cookies, isWhole: !("twoFactorRedirect" in answer.response) };
}

async function welcome(
  auth: Auth,
  user: UserRow,
  cookies: SessionCookie[],
  request: LoginRequest,
  now: Date,
): Promise<SignIn> {
  // A session planted in this browser must not survive the login.
  await auth.better.api.signOut({ headers: loginHeaders(request.headers) });
  await tellOfNewBrowser(auth, user, request, now);
  await recordLogin(auth, user, "done", now);
  const actor = actorOfUser(user, await loadGrants(auth.db, user.id, now));
  const device = deviceCookie(auth, request.headers, user);
  return { outcome: "signed-in", actor, cookies: [...cookies, device] };
}

/** The first login of all is expected, and no news. */
async function tellOfNewBrowser(
  auth: Auth,
  user: UserRow,
  { headers, address }: LoginRequest,
  now: Date,
): Promise<void> {
  if (hasUsedDevice(auth, headers, user.id)) return;
  const earlier = and(
    eq(journalEntries.subjectType, "user"),
    eq(journalEntries.subjectId, user.id),
    eq(journalEntries.action, "login" satisfies LoginAction),
    eq(journalEntries.outcome, "done"),
  );
  const [first] = await auth.db
    .select({ id: journalEntries.sequence })
    .from(journalEntries)
    .where(earlier)
    .limit(1);
  if (!first) return;
  const details = { address, at: formatDanishInstant(now) };
  await auth.db.transaction((tx) =>
    putAccountMail(tx, { userId: user.id, kind: "new-browser", details }, now),
  );
}

async function recordLogin(
  auth: Auth,
  user: UserRow | undefined,
  outcome: "done" | "refused",
  now: Date,
): Promise<void> {
  const actor: Actor = user && outcome === "done" ? actorOfUser(user, []) : { kind: "anonymous" };
  const action: LoginAction = "login";
  const entry = { action, outcome, subjectType: "user", subjectId: user?.id ?? "unknown" };
  await auth.db.transaction((tx) => appendEntries(tx, actor, now, [entry]));
}

// Whoever gets this far knows the password: a strong sign that it was stolen.
async function recordWrongCode(auth: Auth, user: UserRow, now: Date): Promise<void> {
  const subject = { subjectType: "user", subjectId: user.id };
  const action: LoginAction = "login.code";
  const entry = { action, outcome: "refused", ...subject } as const;
  await auth.db.transaction(async (tx) => {
    await appendEntries(tx, { kind: "anonymous" }, now, [entry]);
    const [factor] = await tx.select().from(twoFactors).where(eq(twoFactors.userId, user.id));
    if ((factor?.failedVerificationCount ?? 0) >= codesBeforeMail) {
      await putAccountMail(tx, { userId: user.id, kind: "codes-refused" }, now);
    }
  });
}
