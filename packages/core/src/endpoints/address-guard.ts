import { BlockList, isIP } from "node:net";

// Ranges outside the public internet (IANA special-purpose registries, RFC 6890), and multicast.
const notPublic = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  notPublic.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 96],
  ["::ffff:0:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  // Only 2000::/3 is allocated for the public internet.
  ["1000::", 4],
  ["4000::", 2],
  ["8000::", 1],
  ["fc00::", 7],
  ["fe80::", 9],
  ["ff00::", 8],
] as const) {
  notPublic.addSubnet(network, prefix, "ipv6");
}

/** Whether a numeric address is on the public internet; false for everything private, local, reserved or unparseable. */
export function isPublicAddress(address: string): boolean {
  const [plain = ""] = address.split("%");
  const version = isIP(plain);
  if (version === 0) return false;
  if (version === 4) return !notPublic.check(plain, "ipv4");
  // An IPv4-mapped IPv6 address is checked as the IPv4 address; the block list does so for ::ffff:0:0/96.
  return !notPublic.check(plain, "ipv6");
}

/** Whether a host (as in a URL) may be in a private network: it is in the operator's list of allowed name or name:port. */
export function isAllowedPrivate(url: URL, allowed: readonly string[]): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return allowed.includes(url.hostname) || allowed.includes(`${url.hostname}:${port}`);
}
