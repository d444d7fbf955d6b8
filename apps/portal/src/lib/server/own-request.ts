import { DomainError } from "@sor/core";
import { findSession, type OwnRequest } from "@sor/core/access";
import type { RequestEvent } from "@sveltejs/kit";
import { clientAddress } from "./client-address.ts";
import { core } from "./core.ts";

/** The visitor's session, and the headers and client address of the request. Throws `not-signed-in`. */
export async function ownRequest(event: RequestEvent): Promise<OwnRequest> {
  const { request, locals } = event;
  const session = await findSession(core().auth, request.headers, locals.ctx.now);
  if (!session) throw new DomainError("not-signed-in", "sign-in-first");
  return { session, headers: request.headers, address: clientAddress(event) };
}
