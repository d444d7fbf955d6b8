import { eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { credentialChanged } from "./credential-changed.ts";
import { keepAnAdministrator } from "./keep-an-administrator.ts";
import { lockUser } from "./load-user.ts";
import { userSubject } from "./subjects.ts";
import { users } from "./tables.ts";

const subjectOf = (userId: string, now: Date) => async (tx: Transaction) => {
  const { user, held } = await lockUser(tx, userId, now);
  return userSubject(user, held);
};

/** Shuts a user out at once: no login, no session, no link. What they did stays in the journal. */
export async function deactivateUser(ctx: Context, userId: string): Promise<void> {
  const subject = subjectOf(userId, ctx.now);
  await change(ctx, { action: "user.edit", subject }, async (tx) => {
    const { user, held } = await lockUser(tx, userId, ctx.now);
    if (user.deactivatedAt !== null) return { result: undefined, entries: [] };
    await tx.update(users).set({ deactivatedAt: ctx.now, updatedAt: ctx.now }).where(eq(users.id, userId));
    await credentialChanged(tx, userId, ctx.now);
    if (held.some((grant) => grant.role === "authority")) await keepAnAdministrator(tx, ctx.now);
    const [before, after] = [{ active: true }, { active: false }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}

/** Lets a deactivated user in again, with the password and the grants they had. */
export async function reactivateUser(ctx: Context, userId: string): Promise<void> {
  const subject = subjectOf(userId, ctx.now);
  await change(ctx, { action: "user.edit", subject }, async (tx) => {
    const { user } = await lockUser(tx, userId, ctx.now);
    if (user.deactivatedAt === null) return { result: undefined, entries: [] };
    await tx.update(users).set({ deactivatedAt: null, updatedAt: ctx.now }).where(eq(users.id, userId));
    const [before, after] = [{ active: false }, { active: true }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}
