import { and, eq, isNull, lte, or } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { lockUser } from "./load-user.ts";
import { userSubject } from "./subjects.ts";
import { accountMails, sessions, twoFactors, users } from "./tables.ts";

/**
 * Takes the second factor from a user who has lost both phone and codes: all their logins end, they are told by mail, and
 * the journal keeps who did it and why. They log in with the password alone until they set up a new one. Throws `not-found`, and
 * `conflict`: `own-account` for one's own, which is done on the account page, `no-second-factor` where there is none.
 */
export async function resetSecondFactor(
  ctx: Context,
  input: { userId: string; reason: string },
): Promise<void> {
  const { userId, reason } = input;
  const subject = async (tx: Transaction) => {
    const { user, held } = await lockUser(tx, userId, ctx.now);
    return userSubject(user, held);
  };
  await change(ctx, { action: "user.edit", subject, comment: reason }, async (tx) => {
    if (ctx.actor.kind === "user" && ctx.actor.id === userId) {
      throw new DomainError("conflict", "One's own is removed on the account page.", {
        fault: "own-account",
      });
    }
    const { user } = await lockUser(tx, userId, ctx.now);
    if (!user.twoFactorEnabled) {
      throw new DomainError("conflict", "The user has no second factor.", { fault: "no-second-factor" });
    }
    await tx.delete(twoFactors).where(eq(twoFactors.userId, userId));
    await tx.update(users).set({ twoFactorEnabled: false, updatedAt: ctx.now }).where(eq(users.id, userId));
    await tx.delete(sessions).where(eq(sessions.userId, userId));
    const mail = { id: newId(), userId, kind: "second-factor-reset" as const };
    await tx.insert(accountMails).values({ ...mail, createdAt: ctx.now, nextAttemptAt: ctx.now });
    const [before, after] = [{ secondFactor: true }, { secondFactor: false }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}

/** Mail to a user about their own account, taken under a lease. */
export type AccountMail = {
  id: string;
  kind: "second-factor-reset";
  to: string;
  username: string;
  createdAt: Date;
  attempts: number;
};

const job = { action: "user.edit", subject: { type: "user", id: "mails" } } as const;
const attemptsMost = 20;

/** Takes mails that are due, the oldest first; whoever dies with them leaves them to be taken again after the lease. */
export async function takeAccountMails(
  ctx: Context,
  question: { limit: number; leaseSeconds: number },
): Promise<AccountMail[]> {
  return await change(ctx, job, async (tx) => {
    const due = await tx
      .select({ mail: accountMails, to: users.email, username: users.username })
      .from(accountMails)
      .innerJoin(users, eq(users.id, accountMails.userId))
      .where(
        and(
          isNull(accountMails.doneAt),
          lte(accountMails.nextAttemptAt, ctx.now),
          or(isNull(accountMails.leaseUntil), lte(accountMails.leaseUntil, ctx.now)),
        ),
      )
      .orderBy(accountMails.nextAttemptAt)
      .limit(question.limit)
      .for("update", { of: accountMails, skipLocked: true });
    const leaseUntil = new Date(ctx.now.getTime() + question.leaseSeconds * 1000);
    for (const { mail } of due) {
      await tx.update(accountMails).set({ leaseUntil }).where(eq(accountMails.id, mail.id));
    }
    const result = due.map(({ mail, to, username }) => {
      const { id, kind, createdAt, attempts } = mail;
      return { id, kind, to, username, createdAt, attempts };
    });
    return { result, entries: [] };
  });
}

/** Writes down what an attempt came to: sent, refused for good, or to be tried again with doubled waits of an hour at most. */
export async function recordAccountMail(
  ctx: Context,
  input: { mail: Pick<AccountMail, "id" | "attempts">; outcome: "sent" | "refused" | "failed" },
): Promise<void> {
  const { mail, outcome } = input;
  const attempts = mail.attempts + 1;
  const isOver = outcome !== "failed" || attempts >= attemptsMost;
  const wait = Math.min(30 * 2 ** mail.attempts, 3600) * 1000;
  await change(ctx, job, async (tx) => {
    await tx
      .update(accountMails)
      .set({
        ...{ attempts, leaseUntil: null, outcome: outcome === "failed" && !isOver ? null : outcome },
        ...(isOver ? { doneAt: ctx.now } : { nextAttemptAt: new Date(ctx.now.getTime() + wait) }),
      })
      .where(and(eq(accountMails.id, mail.id), isNull(accountMails.doneAt)));
    return { result: undefined, entries: [] };
  });
}
