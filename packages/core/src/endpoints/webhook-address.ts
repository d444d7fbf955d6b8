import { isIP } from "node:net";
import { isAllowedPrivate, isPublicAddress } from "./address-guard.ts";

/** Why a text is not a valid webhook address; undefined when it is. */
export type AddressFault =
  | "not-an-address"
  | "has-credentials"
  | "has-fragment"
  | "not-https"
  | "own-machine"
  | "not-public";

const ownMachine =
  /^(localhost|.*\.localhost|127(\.\d+){3}|0(\.\d+){3}|\[(::1?|::ffff:(7f[\da-f]{2}|0):.*)\])\.?$/;
const ownNetwork = /(^|\.)(local|internal|lan|home\.arpa)\.?$/;

/**
 * Checks the text of a webhook's address: it must be absolute, https, without credentials or fragment, and not this machine or a
 * numeric address that is not public. Names are checked again when they are resolved. Hosts in `plainHttpHosts` (name or
 * name:port) may be http and may be private.
 */
export function findAddressFault(
  address: string,
  plainHttpHosts: readonly string[] = [],
): AddressFault | undefined {
  if (!URL.canParse(address)) return "not-an-address";
  // The URL parser converts decimal, octal and hexadecimal hosts to IPv4 addresses.
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "not-an-address";
  if (url.username !== "" || url.password !== "") return "has-credentials";
  if (url.hash !== "") return "has-fragment";
  if (isAllowedPrivate(url, plainHttpHosts)) return undefined;
  if (url.protocol === "http:") return "not-https";
  if (ownMachine.test(url.hostname)) return "own-machine";
  if (ownNetwork.test(url.hostname)) return "not-public";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && !isPublicAddress(host) ? "not-public" : undefined;
}
