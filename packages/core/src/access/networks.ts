import { isIP } from "node:net";

/** The network of an address: a whole IPv4 address, the first 64 bits of an IPv6 address. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

/**
 * The address given by a proxy, without the port that some add (`192.0.2.1:443`, `[2001:db8::1]:443`); undefined when it is not
 * an address.
 */
export function addressIn(text: string): string | undefined {
  const stated = text.trim();
  const plain = /^\[(.+)\](?::\d+)?$/.exec(stated)?.[1] ?? /^([^:]+):\d+$/.exec(stated)?.[1] ?? stated;
  return isIP(plain) === 0 ? undefined : plain;
}
