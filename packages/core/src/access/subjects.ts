import type { Change, Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type GrantScope, may, type Role, type Subject } from "../permissions/index.ts";
import { lockUser } from "./load-user.ts";

type Given = { role: Role; scope: GrantScope };

const vendorRoles: readonly Role[] = ["vendor-administrator", "vendor-editor", "reader"];

/**
 * Whether a grant stays within the user's own vendor, so that the vendor's administrator may give and revoke it, and one person
 * is enough.
 */
export function isVendorsOwn(given: Given, supplierId: string | null): boolean {
  return (
    supplierId !== null &&
    vendorRoles.includes(given.role) &&
    given.scope.kind === "supplier" &&
    given.scope.supplierId === supplierId
  );
}

/**
 * A user as the subject of a permission. It belongs to the vendor only if none of the user's grants, present or requested,
 * reaches outside the vendor: otherwise an administrator of a vendor could take over an account with wider rights.
 */
export function userSubject(
  user: { id: string; supplierId: string | null },
  given: readonly Given[],
): Subject {
  const isOwn = given.every((one) => isVendorsOwn(one, user.supplierId));
  return { type: "user", id: user.id, supplierId: isOwn ? (user.supplierId ?? undefined) : undefined };
}

/** Whether the actor administers the users of a supplier, or (undefined) all users. */
export function maySeeUsers(ctx: Context, supplierId: string | undefined): boolean {
  return may(ctx.actor, "user.edit", { type: "user", id: "list", supplierId }, ctx.now);
}

export const noSuchUser = (userId: string) => new DomainError("not-found", "no-such-user", { userId });

/**
 * A change of one user, whose row is locked. Actors who do not administer the user's vendor get the same `not-found` as for an
 * unknown id. `also` is a grant to be given, `isAuthoritys` reserves the change for the authority.
 */
export function aboutUser(
  ctx: Context,
  userId: string | ((tx: Transaction) => Promise<string>),
  narrowed: { also?: readonly Given[]; isAuthoritys?: (user: Locked) => boolean } = {},
): Pick<Change, "subject" | "refusedAs"> {
  let isSeen = true;
  let id = "";
  return {
    subject: async (tx) => {
      id = typeof userId === "string" ? userId : await userId(tx);
      const { user, held } = await lockUser(tx, id, ctx.now);
      isSeen = maySeeUsers(ctx, user.supplierId ?? undefined);
      const subject = userSubject(user, [...held, ...(narrowed.also ?? [])]);
      return narrowed.isAuthoritys?.(user) ? { ...subject, supplierId: undefined } : subject;
    },
    refusedAs: () => (isSeen ? undefined : noSuchUser(id)),
  };
}
type Locked = Awaited<ReturnType<typeof lockUser>>["user"];
