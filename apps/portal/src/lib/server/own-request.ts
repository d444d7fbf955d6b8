import { DomainError } from "@sor/core";
import { findSession, type OwnRequest } from "@sor/core/access";
import type { RequestEvent } from "@sveltejs/kit";
import { core } from "./core.ts";

type Asked = Pick<RequestEvent, "request" | "locals" | "getClientAddress">;

/** The visitor's own session, and what it came with. Throws `not-signed-in`. */
export async function ownRequest({ request, locals, getClientAddress }: Asked): Promise<OwnRequest> {
  const session = await findSession(core().auth, request.headers, locals.ctx.now);
  if (!session) throw new DomainError("not-signed-in", "Sign in first.");
  return { session, headers: request.headers, address: getClientAddress() };
}
