import { and, desc, eq, ne } from "drizzle-orm";
import { DomainError } from "../errors.ts";
import { type Actor, isInForce } from "../permissions/index.ts";
import { type Auth, cookiesOf, loginHeaders, type SessionCookie } from "./auth.ts";
import { actorOfUser, findUser, loadGrants } from "./load-user.ts";
import { sessions, users } from "./tables.ts";
import { whereInForce } from "./where-in-force.ts";

/** An active session: whose it is, and when it expires. */
export type Session = {
  id: string;
  username: string;
  expiresAt: Date;
  credentialVersion: number;
  actor: Actor & { kind: "user" };
};

/** A user's own session, the headers it came with and the client's address. */
export type OwnRequest = { session: Session; headers: Headers; address: string };

/** The session of a request, or undefined when there is none, it has ended, or its user or their vendor was deactivated. */
export async function findSession(auth: Auth, headers: Headers, now: Date): Promise<Session | undefined> {
  if (!headers.get("cookie")?.includes("sor.session_token=")) return undefined;
  const found = await auth.better.api.getSession({ headers: loginHeaders(headers) });
  if (!found || !isInForce(found.session, now)) return undefined;
  const user = await findUser(auth.db, eq(users.id, found.user.id));
  if (!user || user.shutOut !== null) return undefined;
  const actor = actorOfUser(user, await loadGrants(auth.db, user.id, now));
  const { id, expiresAt } = found.session;
  return { id, username: user.username, expiresAt, credentialVersion: user.credentialVersion, actor };
}

/** The actor of a request; anonymous without a session. */
export async function actorForSession(auth: Auth, headers: Headers, now: Date): Promise<Actor> {
  return (await findSession(auth, headers, now))?.actor ?? { kind: "anonymous" };
}

/** Ends the session of the request and returns the cookies that clear it. */
export async function signOut(auth: Auth, headers: Headers): Promise<SessionCookie[]> {
  const answer = await auth.better.api.signOut({ headers: loginHeaders(headers), returnHeaders: true });
  return cookiesOf(answer.headers);
}

/** One of a user's own sessions. */
export type OwnSession = {
  id: string;
  isCurrent: boolean;
  createdAt: Date;
  expiresAt: Date;
  address: string | null;
  userAgent: string | null;
};

/** The user's own active sessions, newest first. */
export async function listOwnSessions(auth: Auth, session: Session, now: Date): Promise<OwnSession[]> {
  const rows = await auth.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, session.actor.id), whereInForce(sessions, now)))
    .orderBy(desc(sessions.createdAt))
    .limit(100);
  return rows.map((row) => ({
    id: row.id,
    isCurrent: row.id === session.id,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    address: row.ipAddress,
    userAgent: row.userAgent,
  }));
}

/** Ends one of the user's own sessions; throws `not-found` for any other. */
export async function revokeOwnSession(auth: Auth, session: Session, sessionId: string): Promise<void> {
  const ended = await auth.db
    .delete(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, session.actor.id)))
    .returning({ id: sessions.id });
  if (ended.length === 0) throw new DomainError("not-found", "no-such-login", { sessionId });
}

/** Ends all of the user's own sessions but that of the request; returns how many. */
export async function revokeOtherSessions(auth: Auth, session: Session): Promise<number> {
  const ended = await auth.db
    .delete(sessions)
    .where(and(eq(sessions.userId, session.actor.id), ne(sessions.id, session.id)))
    .returning({ id: sessions.id });
  return ended.length;
}
