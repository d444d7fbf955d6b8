import { eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { lockUser } from "./load-user.ts";
import { scopeOfColumns } from "./scope-columns.ts";
import { userSubject } from "./subjects.ts";
import { invitations } from "./tables.ts";

/** Invalidates an invitation link, by the rules of inviting. No effect when it was used before. */
export async function withdrawInvitation(ctx: Context, invitationId: string): Promise<void> {
  const load = async (tx: Transaction) => {
    const [row] = await tx.select().from(invitations).where(eq(invitations.id, invitationId)).for("update");
    if (!row) throw noSuchInvitation();
    return row;
  };
  const noSuchInvitation = () => new DomainError("not-found", "no-such-invitation", { invitationId });
  const subject = async (tx: Transaction) => {
    const row = await load(tx);
    if (row.userId !== null) {
      const { user, held } = await lockUser(tx, row.userId, ctx.now);
      return userSubject(user, held);
    }
    const { role, scopeKind } = row;
    const given =
      role === null || scopeKind === null ? [] : [{ role, scope: scopeOfColumns({ ...row, scopeKind }) }];
    return userSubject({ id: row.username, supplierId: row.supplierId }, given);
  };
  // Another vendor's invitation is reported as not found.
  await change(ctx, { action: "user.invite", subject, refusedAs: noSuchInvitation }, async (tx) => {
    const row = await load(tx);
    if (row.acceptedAt !== null || row.withdrawnAt !== null) return unchanged(undefined);
    await tx.update(invitations).set({ withdrawnAt: ctx.now }).where(eq(invitations.id, invitationId));
    const after = { username: row.username, withdrawn: true };
    return {
      result: undefined,
      entries: [{ subjectType: "invitation", subjectId: invitationId, after }],
    };
  });
}
