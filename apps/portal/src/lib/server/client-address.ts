import { addressIn } from "@sor/core/access";
import type { RequestEvent } from "@sveltejs/kit";

type Asked = Pick<RequestEvent, "request" | "locals" | "platform" | "getClientAddress">;

/**
 * The client's address: from the proxy's header (see the settings), without a port, or the peer's address where the header is
 * absent or holds no address, as for a request that bypassed the proxy.
 */
export function clientAddress({ request, locals, platform, getClientAddress }: Asked): string {
  const peer = platform ? (platform.req.socket.remoteAddress ?? "closed") : getClientAddress();
  const { addressHeader, proxies } = locals.config;
  if (addressHeader === undefined) return peer;
  const stated = request.headers.get(addressHeader)?.slice(-1000).split(",") ?? [];
  return addressIn(stated.at(-proxies) ?? "") ?? peer;
}
