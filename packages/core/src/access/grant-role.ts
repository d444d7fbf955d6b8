import { eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { hasEnded } from "../permissions/index.ts";
import { putAccountMail } from "./account-mails.ts";
import { requestGrant } from "./grant-requests.ts";
import { keepAnAdministrator } from "./keep-an-administrator.ts";
import { lockUser } from "./load-user.ts";
import type { NewGrant } from "./schemas.ts";
import { columnsOfScope, scopeOfColumns } from "./scope-columns.ts";
import { aboutUser, isVendorsOwn } from "./subjects.ts";
import { grants } from "./tables.ts";

/** A granted role, or one that waits for a second person. */
export type GivenRole = { grantId: string } | { requestId: string };

/**
 * Grants a user a role within a scope for a period. An administrator of a vendor grants the vendor's own users roles within the
 * vendor; the authority grants any role, but roles outside the user's vendor need two persons. Nobody grants themselves a role.
 * Throws `not-found` and `not-allowed`.
 */
export async function grantRole(ctx: Context, input: NewGrant): Promise<GivenRole> {
  const { userId, role, scope, validFrom, validTo } = input;
  const about = aboutUser(ctx, userId, { also: [input] });
  return await change<GivenRole>(ctx, { action: "role.grant", ...about }, async (tx) => {
    const { user } = await lockUser(tx, userId, ctx.now);
    if (ctx.actor.kind === "user" && !isVendorsOwn(input, user.supplierId)) {
      const { requestId, entry } = await requestGrant(tx, ctx.actor, input, ctx.now);
      return { result: { requestId }, entries: [entry] };
    }
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

/** Revokes a grant immediately, by the same rules but by one person. Throws `conflict` when no administrator would be left. */
export async function revokeGrant(ctx: Context, grantId: string): Promise<void> {
  const holder = async (tx: Transaction) => {
    const [grant] = await tx.select().from(grants).where(eq(grants.id, grantId));
    if (!grant) throw new DomainError("not-found", "no-such-grant", { grantId });
    return grant.userId;
  };
  await change(ctx, { action: "user.edit", ...aboutUser(ctx, holder) }, async (tx) => {
    const [grant] = await tx.select().from(grants).where(eq(grants.id, grantId)).for("update");
    if (!grant || hasEnded(grant, ctx.now)) {
      return unchanged(undefined);
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
