import { createHash, type Hash, timingSafeEqual } from "node:crypto";

/** A digest given by the sender, and the hash that is compared with it. */
export type Digest = { hash: Hash; wanted: Buffer };

const bytesOf = { "sha-256": 32, "sha-512": 64 } as const;
const isKnown = (algorithm: string): algorithm is keyof typeof bytesOf => Object.hasOwn(bytesOf, algorithm);

/**
 * The digests of Content-Digest (RFC 9530) that can be checked; other algorithms are ignored. Undefined when one of ours is
 * malformed (hexadecimal, for example): if it were ignored, the sender would believe that it was checked.
 */
export function digestsOf(header: string | undefined): Digest[] | undefined {
  const digests: Digest[] = [];
  for (const member of (header ?? "").split(",")) {
    const [, algorithm = "", value = ""] = /^\s*([^=\s]*)(?:=([^;]*))?/.exec(member) ?? [];
    if (!isKnown(algorithm)) continue;
    const wanted = Buffer.from(/^:([A-Za-z0-9+/=]*):\s*$/.exec(value)?.[1] ?? "", "base64");
    if (wanted.byteLength !== bytesOf[algorithm]) return undefined;
    digests.push({ hash: createHash(algorithm.replace("-", "")), wanted });
  }
  return digests;
}

/** Whether the hash of the content equals the digest; may be called only once. */
export const isRight = ({ hash, wanted }: Digest): boolean => timingSafeEqual(wanted, hash.digest());
