import { createHash } from "node:crypto";

const modulus = 1n << 256n;
const numberOf = (line: string) => BigInt(`0x${createHash("sha256").update(line).digest("hex")}`);

export type SetHash = {
  add: (line: string) => void;
  remove: (line: string) => void;
  /** 64 hexadecimal digits. */
  value: () => string;
};

/**
 * The hash of a set of lines, whatever their order: the sum modulo 2^256 of the SHA-256 of each. The register's manifests have it
 * as `setHash`. It shows that two copies are equal; it is no seal against somebody who chooses the lines.
 */
export function createSetHash(): SetHash {
  let sum = 0n;
  return {
    add: (line) => {
      sum = (sum + numberOf(line)) % modulus;
    },
    remove: (line) => {
      sum = (sum - numberOf(line) + modulus) % modulus;
    },
    value: () => sum.toString(16).padStart(64, "0"),
  };
}
