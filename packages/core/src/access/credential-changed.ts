import { and, eq, isNull, like, ne, sql } from "drizzle-orm";
import type { Database, Transaction } from "../database/index.ts";
import { invitations, sessions, users, verifications } from "./tables.ts";

/** Identifiers of better-auth's rows for pending logins (first step done); the row's value is the user id. */
const pendingLogins = "2fa-%";

/**
 * Must be called, in the same transaction, by everything that changes a user's credentials: password, second factor,
 * deactivation. Ends sessions (except one that may be kept), password reset links and pending logins; a concurrent login sees
 * another credential version and fails.
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

/** Invalidates all open password reset links of this user. */
export async function withdrawResets(tx: Transaction, userId: string, now: Date): Promise<void> {
  await tx
    .update(invitations)
    .set({ withdrawnAt: now })
    .where(
      and(eq(invitations.userId, userId), isNull(invitations.acceptedAt), isNull(invitations.withdrawnAt)),
    );
}

/** Whether a user's credential version is still `version`, which a deactivation changes too; waits for a concurrent change. */
export async function isStillVersion(db: Database, userId: string, version: number): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("share");
    return user?.credentialVersion === version;
  });
}
