import { eq } from "drizzle-orm";
import { appendEntries } from "../journal/index.ts";
import type { Actor } from "../permissions/index.ts";
import { type Auth, cookiesOf, isPassword, loginHeaders, type SessionCookie } from "./auth.ts";
import { actorOfUser, loadGrants, type UserRow } from "./load-user.ts";
import { claimAttempt, forgiveAttempt } from "./login-throttle.ts";
import { isStillPassword, passwordHashOf } from "./own-password.ts";
import { AuthenticatorCode, type Credentials, Username } from "./schemas.ts";
import { users } from "./tables.ts";
import { unlessRefused } from "./unless-refused.ts";

/** How an attempt to log in went. `wrong` says no more than that: not whether the user name exists. */
export type SignIn =
  | { outcome: "signed-in"; actor: Actor & { kind: "user" }; cookies: SessionCookie[] }
  | { outcome: "second-factor"; cookies: SessionCookie[] }
  | { outcome: "wrong" }
  | { outcome: "locked"; until: Date };

/** Where an attempt comes from: the request's headers (cookie and user agent are read) and the client's address. */
export type LoginRequest = { headers: Headers; address: string };

type Answer = { cookies: SessionCookie[]; isWhole: boolean };

/**
 * Logs in with user name and password. Attempts are counted per user name and per address in the database; a lock
 * refuses the right password too. A new session is made every time and the one the browser came with is ended.
 */
export async function signIn(
  auth: Auth,
  credentials: Credentials,
  request: LoginRequest,
  now: Date,
): Promise<SignIn> {
  const username = credentials.username.trim().toLowerCase();
  const source = { username, address: request.address };
  const until = await claimAttempt(auth.db, source, now);
  if (until) return { outcome: "locked", until };

  const user = await findUser(auth, username);
  const answer =
    user && user.deactivatedAt === null
      ? await askUnlessChanged(auth, user, credentials.password, request)
      : await isPassword(credentials.password, null).then(() => undefined);
  if (!user || !answer) {
    await recordLogin(auth, user, "refused", now);
    return { outcome: "wrong" };
  }
  await forgiveAttempt(auth.db, source, now);
  if (!answer.isWhole) return { outcome: "second-factor", cookies: answer.cookies };
  return await welcome(auth, user, answer.cookies, request, now);
}

/** The second step of a login with a second factor: the authenticator's code, or one kept for when that is lost. */
export async function signInWithCode(
  auth: Auth,
  code: string,
  request: LoginRequest,
  now: Date,
): Promise<SignIn> {
  const headers = loginHeaders(request.headers, request.address);
  const asked = { body: { code }, headers, returnHeaders: true } as const;
  const { verifyTOTP, verifyBackupCode } = auth.better.api;
  const isFromAuthenticator = AuthenticatorCode.safeParse(code).success;
  const answer = await unlessRefused(isFromAuthenticator ? verifyTOTP(asked) : verifyBackupCode(asked));
  const userId = answer?.response.user?.id;
  if (!answer || userId === undefined) return { outcome: "wrong" };
  const [user] = await auth.db.select().from(users).where(eq(users.id, userId));
  if (!user || user.deactivatedAt !== null) return { outcome: "wrong" };
  return await welcome(auth, user, cookiesOf(answer.headers), request, now);
}

async function findUser(auth: Auth, username: string): Promise<UserRow | undefined> {
  if (!Username.safeParse(username).success) return undefined;
  const [user] = await auth.db.select().from(users).where(eq(users.username, username));
  return user;
}

// Who changes a password ends all sessions: one that is being made by the old password must not slip through. Nobody is given its
// cookies then, so it is worth nothing.
async function askUnlessChanged(
  auth: Auth,
  { id, username }: UserRow,
  password: string,
  request: LoginRequest,
): Promise<Answer | undefined> {
  const hash = await passwordHashOf(auth.db, id);
  const answer = await askForSession(auth, username, password, request);
  return answer && (await isStillPassword(auth.db, id, hash)) ? answer : undefined;
}

async function askForSession(
  auth: Auth,
  username: string,
  password: string,
  request: LoginRequest,
): Promise<Answer | undefined> {
  const headers = loginHeaders(request.headers, request.address);
  const answer = await unlessRefused(
    auth.better.api.signInUsername({ body: { username, password }, headers, returnHeaders: true }),
  );
  if (!answer) return undefined;
  return { cookies: cookiesOf(answer.headers), isWhole: !("twoFactorRedirect" in answer.response) };
}

async function welcome(
  auth: Auth,
  user: UserRow,
  cookies: SessionCookie[],
  request: LoginRequest,
  now: Date,
): Promise<SignIn> {
  // A session somebody else put into this browser must not outlive the login.
  await auth.better.api.signOut({ headers: loginHeaders(request.headers) });
  await recordLogin(auth, user, "done", now);
  const actor = actorOfUser(user, await loadGrants(auth.db, user.id, now));
  return { outcome: "signed-in", actor, cookies };
}

async function recordLogin(
  auth: Auth,
  user: UserRow | undefined,
  outcome: "done" | "refused",
  now: Date,
): Promise<void> {
  const actor: Actor = user && outcome === "done" ? actorOfUser(user, []) : { kind: "anonymous" };
  const entry = { action: "login", outcome, subjectType: "user", subjectId: user?.id ?? "unknown" };
  await auth.db.transaction((tx) => appendEntries(tx, actor, now, [entry]));
}
