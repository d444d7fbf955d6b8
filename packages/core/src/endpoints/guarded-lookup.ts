import { type LookupAddress, lookup as lookUpName } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./address-guard.ts";

/** All addresses that a name resolves to. Rejects with the resolver's error. */
export type Resolve = (name: string) => Promise<LookupAddress[]>;

/** A name with at least one address outside the public internet. */
export class PrivateAddressError extends Error {
  readonly code = "EPRIVATE";
  constructor() {
    super("the name stands for an address that is not public");
  }
}

/** Uses the system's resolver. */
export const resolveName: Resolve = (name) =>
  new Promise((resolve, reject) => {
    lookUpName(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });

/** The addresses of a name, all of them public; throws `PrivateAddressError` if any is not. */
export async function findPublicAddresses(
  name: string,
  resolve: Resolve = resolveName,
): Promise<LookupAddress[]> {
  const found = await resolve(name);
  if (found.length === 0 || found.some(({ address }) => !isPublicAddress(address))) {
    throw new PrivateAddressError();
  }
  return found;
}

/**
 * A lookup for sockets that returns public addresses only. The socket connects to the addresses that were checked, so a name
 * cannot resolve to something else between check and use (DNS rebinding).
 */
export function guardedLookup(resolve: Resolve = resolveName): LookupFunction {
  return (name, options, done) => {
    findPublicAddresses(name, resolve).then(
      (addresses) => {
        const [first] = addresses as [LookupAddress];
        if (options.all) done(null, addresses);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, "", 0),
    );
  };
}
