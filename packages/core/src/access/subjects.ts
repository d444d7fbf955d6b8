import type { Change, Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type GrantScope, may, type Role, type Subject } from "../permissions/index.ts";
import { lockUser } from "./load-user.ts";

export type Given = { role: Role; scope: GrantScope };

const vendorRoles: readonly Role[] = ["vendor-administrator", "vendor-editor", "reader"];

/**
 * Whether a grant stays inside the user's own vendor, so that the vendor's own administrator may give and take it, and one
 * person may give it.
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
 * A user as the subject of a permission. It is the vendor's own only when nothing the user holds, or is to be given,
 * reaches outside the vendor: otherwise an administrator of a vendor could take over an account with wider rights.
 */
export function userSubject(
  user: { id: string; supplierId: string | null },
  given: readonly Given[],
): Subject {
  const isOwn = given.every((one) => isVendorsOwn(one, user.supplierId));
  return { type: "user", id: user.id, supplierId: isOwn ? (user.supplierId ?? undefined) : undefined };
}

/** Whether the actor administers the users of a supplier, or (undefined) everybody. */
export function maySeeUsers(ctx: Context, supplierId: string | undefined): boolean {
  return may(ctx.actor, "user.edit", { type: "user", id: "list", supplierId }, ctx.now);
}

export const noSuchUser = (userId: string) =>
  new DomainError("not-found", "There is no such user.", { userId });

/**
 * A change of one user, whose row is locked. Who does not administer the user's vendor is told that there is no such user, as
 * for an id that is nobody's. `also` is what the user is to be given, `isAuthoritys` keeps the change to the authority.
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
