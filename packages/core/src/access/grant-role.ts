import { eq } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { putAccountMail } from "./account-mails.ts";
import { keepAnAdministrator } from "./keep-an-administrator.ts";
import { lockUser } from "./load-user.ts";
import type { NewGrant } from "./schemas.ts";
import { columnsOfScope, scopeOfColumns } from "./scope-columns.ts";
import { userSubject } from "./subjects.ts";
import { grants } from "./tables.ts";

/**
 * Gives a user a role within a scope for a time. The authority gives any; an administrator of a vendor gives the
 * vendor's own users roles within the vendor. Throws `not-found` and `not-allowed`.
 */
export async function grantRole(ctx: Context, input: NewGrant): Promise<{ grantId: string }> {
  const { userId, role, scope, validFrom, validTo } = input;
  const subject = async (tx: Transaction) => {
    const { user, held } = await lockUser(tx, userId, ctx.now);
    return userSubject(user, [...held, input]);
  };
  return await change(ctx, { action: "user.edit", subject }, async (tx) => {
    const grantId = newId();
    await tx
      .insert(grants)
      .values({ id: grantId, userId, role, ...columnsOfScope(scope), validFrom, validTo });
    const by = ctx.actor.kind === "user" ? ctx.actor.name : "";
    await putAccountMail(tx, { userId, kind: "role-given", details: { role, by } }, ctx.now);
    const after = { grant: grantId, role, scope, validFrom, validTo };
    return { result: { grantId }, entries: [{ subjectType: "user", subjectId: userId, after }] };
  });
}

/** Takes a grant back from now on, by the same rules. Throws `conflict` when nobody would administer any more. */
export async function revokeGrant(ctx: Context, grantId: string): Promise<void> {
  const subject = async (tx: Transaction) => {
    const [grant] = await tx.select().from(grants).where(eq(grants.id, grantId));
    if (!grant) throw new DomainError("not-found", "There is no such grant.", { grantId });
    const { user, held } = await lockUser(tx, grant.userId, ctx.now);
    return userSubject(user, held);
  };
  await change(ctx, { action: "user.edit", subject }, async (tx) => {
    const [grant] = await tx.select().from(grants).where(eq(grants.id, grantId)).for("update");
    if (!grant || (grant.validTo !== null && grant.validTo <= ctx.now)) {
      return { result: undefined, entries: [] };
    }
    const validTo = new Date(Math.max(grant.validFrom.getTime(), ctx.now.getTime()));
    await tx.update(grants).set({ validTo }).where(eq(grants.id, grantId));
    if (grant.role === "authority") await keepAnAdministrator(tx, ctx.now);
    const { role, validFrom } = grant;
    const before = { grant: grantId, role, scope: scopeOfColumns(grant), validFrom, validTo: grant.validTo };
    const after = { ...before, validTo };
    return {
      result: undefined,
      entries: [{ subjectType: "user", subjectId: grant.userId, before, after }],
    };
  });
}
