import { and, eq, isNull, like, ne, sql } from "drizzle-orm";
import type { Database, Transaction } from "../database/index.ts";
import { invitations, sessions, users, verifications } from "./tables.ts";

/** better-auth's names for first steps of a login that wait for the second; the row's value is the user. */
const pendingLogins = "2fa-%";

/**
 * To be called, in its transaction, by everything that changes what a user proves themselves by: password, second factor, the
 * account shut out. Ends sessions, but for one that may be kept, links for a new password and logins that wait for their
 * second step; a login that is under way finds another version and gives nothing.
 */
export async function credentialChanged(
  tx: Transaction,
  userId: string,
  now: Date,
  kept?: { sessionId: string } | { token: string },
): Promise<void> {
  const version = sql`${users.credentialVersion} + 1`;
  await tx.update(users).set({ credentialVersion: version, updatedAt: now }).where(eq(users.id, userId));
  const others = kept && ("token" in kept ? ne(sessions.token, kept.token) : ne(sessions.id, kept.sessionId));
  await tx.delete(sessions).where(and(eq(sessions.userId, userId), others));
  await withdrawResets(tx, userId, now);
  await tx
    .delete(verifications)
    .where(and(eq(verifications.value, userId), like(verifications.identifier, pendingLogins)));
}

/** Makes every open link for a new password of this user useless. */
export async function withdrawResets(tx: Transaction, userId: string, now: Date): Promise<void> {
  await tx
    .update(invitations)
    .set({ withdrawnAt: now })
    .where(
      and(eq(invitations.userId, userId), isNull(invitations.acceptedAt), isNull(invitations.withdrawnAt)),
    );
}

/** Whether a user is let in and proves themselves as they did at `version`, once whoever is changing it has done so. */
export async function isStillVersion(db: Database, userId: string, version: number): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("share");
    return user?.deactivatedAt === null && user.credentialVersion === version;
  });
}
