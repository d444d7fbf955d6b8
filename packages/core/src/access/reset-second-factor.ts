import { eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { DomainError } from "../errors.ts";
import { putAccountMail } from "./account-mails.ts";
import { credentialChanged } from "./credential-changed.ts";
import { lockUser } from "./load-user.ts";
import { aboutUser } from "./subjects.ts";
import { twoFactors, users } from "./tables.ts";

/**
 * Removes the second factor of a user who has lost both phone and backup codes: all their sessions end, they are notified by
 * mail, and the journal records who did it and why. They log in with the password only until they set up a new one. Throws
 * `not-found`, and `conflict`: `own-account` for one's own (use the account page), `no-second-factor` if there is none.
 */
export async function resetSecondFactor(
  ctx: Context,
  input: { userId: string; reason: string },
): Promise<void> {
  const { userId, reason } = input;
  const about = aboutUser(ctx, userId);
  await change(ctx, { action: "user.edit", ...about, comment: reason }, async (tx) => {
    if (ctx.actor.kind === "user" && ctx.actor.id === userId) {
      throw new DomainError("conflict", "own-second-factor", {
        fault: "own-account",
      });
    }
    const { user } = await lockUser(tx, userId, ctx.now);
    if (!user.twoFactorEnabled) {
      throw new DomainError("conflict", "no-such-second-factor", { fault: "no-second-factor" });
    }
    await tx.delete(twoFactors).where(eq(twoFactors.userId, userId));
    await tx.update(users).set({ twoFactorEnabled: false, updatedAt: ctx.now }).where(eq(users.id, userId));
    await credentialChanged(tx, userId, ctx.now);
    await putAccountMail(tx, { userId, kind: "second-factor-reset" }, ctx.now);
    const [before, after] = [{ secondFactor: true }, { secondFactor: false }];
    return { result: undefined, entries: [{ subjectType: "user", subjectId: userId, before, after }] };
  });
}
