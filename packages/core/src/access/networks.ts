import { BlockList, isIP } from "node:net";

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

const familyOf = (address: string) => (address.includes(":") ? "ipv6" : "ipv4");

/**
 * An address range in CIDR notation (RFC 4632), or a single address, as written: `10.20.0.0/16`, `2001:db8::/32`. Undefined when it is
 * neither, or when it is every address there is.
 */
export function addressRangeIn(text: string): { address: string; bits: number } | undefined {
  const [, address = "", length] = /^([\da-f.:]{2,45})(?:\/(\d{1,3}))?$/i.exec(text.trim()) ?? [];
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  return version === 0 || bits < 1 || bits > most ? undefined : { address, bits };
}

/** Whether an address lies in one of the ranges; an IPv4 address written as IPv6 counts as IPv4. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  if (isIP(plain) === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const read = addressRangeIn(range);
    if (read) list.addSubnet(read.address, read.bits, familyOf(read.address));
  }
  return list.check(plain, familyOf(plain));
}
