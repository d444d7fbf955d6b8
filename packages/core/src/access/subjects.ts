import type { GrantScope, Role, Subject } from "../permissions/index.ts";

type Given = { role: Role; scope: GrantScope };

const vendorRoles: readonly Role[] = ["vendor-administrator", "vendor-editor", "reader"];

/** Whether a grant stays inside one vendor, so that the vendor's own administrator may give and take it. */
function isVendorsOwn(given: Given, supplierId: string | null): boolean {
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
