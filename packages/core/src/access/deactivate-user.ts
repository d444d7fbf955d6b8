import { eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { credentialChanged } from "./credential-changed.ts";
import { keepAnAdministrator } from "./keep-an-administrator.ts";
import { lockUser } from "./load-user.ts";
import { aboutUser, maySeeUsers } from "./subjects.ts";
import { users } from "./tables.ts";

/** Deactivates a user immediately: no login, no session, no link. Their actions stay in the journal. */
export async function deactivateUser(ctx: Context, userId: string): Promise<void> {
  await change(ctx, { action: "user.edit", ...aboutUser(ctx, userId) }, async (tx) => {
    const { user, held } = await lockUser(tx, userId, ctx.now);
    if (user.deactivatedAt !== null) return { result: undefined, entries: [] };
    const deactivatedBy = maySeeUsers(ctx, undefined) ? "authority" : "vendor";
    await tx.update(users).set({ deactivatedAt: ctx.now, deactivatedBy }).where(eq(users.id, userId));
    await credentialChanged(tx, userId, ctx.now);
    if (held.some((grant) => grant.role === "authority")) await keepAnAdministrator(tx, ctx.now);
    const [before, after] = [{ active: true }, { active: false, by: deactivatedBy }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}

/**
 * Reactivates a user with their former password and grants. A user deactivated by the authority can only be reactivated by the
 * authority.
 */
export async function reactivateUser(ctx: Context, userId: string): Promise<void> {
  const isAuthoritys = (user: { deactivatedBy: string | null }) => user.deactivatedBy === "authority";
  await change(ctx, { action: "user.edit", ...aboutUser(ctx, userId, { isAuthoritys }) }, async (tx) => {
    const { user } = await lockUser(tx, userId, ctx.now);
    if (user.deactivatedAt === null) return { result: undefined, entries: [] };
    const active = { deactivatedAt: null, deactivatedBy: null, updatedAt: ctx.now };
    await tx.update(users).set(active).where(eq(users.id, userId));
    const [before, after] = [{ active: false }, { active: true }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}
