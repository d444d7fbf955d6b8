import { addressIn } from "@sor/core/access";
import type { RequestEvent } from "@sveltejs/kit";

type Asked = Pick<RequestEvent, "request" | "locals" | "platform" | "getClientAddress">;

/**
 * The address a request came from: what the proxy states in the header of the settings, without the port that some add, or
 * the peer itself where the header is absent or holds no address, such as for a request that went past the proxy.
 */
export function clientAddress({ request, locals, platform, getClientAddress }: Asked): string {
  const peer = platform ? (platform.req.socket.remoteAddress ?? "closed") : getClientAddress();
  const { addressHeader, proxies } = locals.config;
  if (addressHeader === undefined) return peer;
  const stated = request.headers.get(addressHeader)?.slice(-1000).split(",") ?? [];
  return addressIn(stated.at(-proxies) ?? "") ?? peer;
}
