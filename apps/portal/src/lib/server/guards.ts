import { type Action, type Actor, isInForce, type Role, roleActions } from "@sor/core/access";
import { error, redirect } from "@sveltejs/kit";

export type SignedIn = Extract<Actor, { kind: "user" }>;
type Asked = { locals: App.Locals; url: URL };

/** A path on this site to go to after signing in; anything that could lead elsewhere becomes the start page. */
export function safePath(text: string | null | undefined): string {
  if (!text || !/^\/(?![/\\])[^\s\\]*$/.test(text)) return "/start";
  return text;
}

/**
 * The signed-in user; otherwise redirects to the login page and back. 503 while the database is unavailable, 429 while the
 * vendor's share of it is in use. Call it in every `load` and action of a member page.
 */
export function requireUser({ locals, url }: Asked): SignedIn {
  const { actor } = locals.ctx;
  if (locals.isBusy) error(429, "too-many", { code: "too-many", requestId: locals.requestId, why: "busy" });
  if (actor.kind === "user") return actor;
  if (locals.isAway) error(503, "unavailable", { code: "unavailable", requestId: locals.requestId });
  redirect(303, `/login?next=${encodeURIComponent(safePath(url.pathname + url.search))}`);
}

/** The signed-in user, who must hold one of the roles now; otherwise 403. */
export function requireRole(asked: Asked, ...roles: readonly Role[]): SignedIn {
  const user = requireUser(asked);
  if (!hasRole(user, asked.locals.ctx.now, ...roles)) {
    error(403, "not-allowed", { code: "not-allowed", requestId: asked.locals.requestId });
  }
  return user;
}

/** Whether the user holds one of the roles at that time. */
export function hasRole(user: SignedIn, now: Date, ...roles: readonly Role[]): boolean {
  return user.grants.some((grant) => roles.includes(grant.role) && isInForce(grant, now));
}

/** Whether the user may see the pages about messages, those about alerts, and those about edits of the register. */
export function whatMayBeSeen(
  user: SignedIn,
  now: Date,
): { mayFollowMessages: boolean; maySeeAlerts: boolean; mayEditRegister: boolean } {
  return {
    mayFollowMessages: holds(user, "message.read", now),
    maySeeAlerts: holds(user, "alert.read", now),
    mayEditRegister: editing.some((action) => holds(user, action, now)),
  };
}

const editing = ["unit.edit", "location.edit", "registration.edit"] as const;

/** Whether one of the user's roles permits the action at that time on any subject. */
export const holds = (user: SignedIn, action: Action, now: Date): boolean =>
  user.grants.some((grant) => roleActions[grant.role].has(action) && isInForce(grant, now));
