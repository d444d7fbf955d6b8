import { error } from "@sveltejs/kit";
import { hasRole, requireRole, type SignedIn } from "./guards.ts";

type Asked = { locals: App.Locals; url: URL };

/** Whose users and keys the user administers: one vendor's, or everyone's (the authority). */
type Administered = { user: SignedIn; isAuthority: boolean; supplierId: string | undefined };

/** The administrator and whom they administer; 403 for other users. The authority may select a vendor by `?leverandoer=`. */
export function requireAdministrator(asked: Asked): Administered {
  const user = requireRole(asked, "authority", "vendor-administrator");
  if (hasRole(user, asked.locals.ctx.now, "authority")) {
    return { user, isAuthority: true, supplierId: asked.url.searchParams.get("leverandoer") || undefined };
  }
  if (user.supplierId === null) {
    error(403, "not-allowed", { code: "not-allowed", requestId: asked.locals.requestId });
  }
  return { user, isAuthority: false, supplierId: user.supplierId };
}
