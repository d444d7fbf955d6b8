/** Why an address cannot be a webhook's; undefined when it can. */
export type AddressFault =
  | "not-an-address"
  | "has-credentials"
  | "has-fragment"
  | "not-https"
  | "own-machine";

const ownMachine =
  /^(localhost|.*\.localhost|127(\.\d+){3}|0(\.\d+){3}|169\.254(\.\d+){2}|\[(::1?|fe[89ab].*|::ffff:.*)\])$/;

/**
 * What is wrong with a webhook's address: it is absolute, https, without credentials or fragment, and not this
 * machine or its link. Hosts in `plainHttpHosts` (name or name:port) may be http and may be this machine.
 */
export function findAddressFault(
  address: string,
  plainHttpHosts: readonly string[] = [],
): AddressFault | undefined {
  if (!URL.canParse(address)) return "not-an-address";
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "not-an-address";
  if (url.username !== "" || url.password !== "") return "has-credentials";
  if (url.hash !== "") return "has-fragment";
  if (plainHttpHosts.includes(url.host) || plainHttpHosts.includes(url.hostname)) return undefined;
  if (url.protocol === "http:") return "not-https";
  return ownMachine.test(url.hostname) ? "own-machine" : undefined;
}
