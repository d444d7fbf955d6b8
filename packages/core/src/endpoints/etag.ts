import { createHash } from "node:crypto";

/** A tag that two equal values share and, for all practical purposes, no others do. Values must be JSON. */
export function etagOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 32);
}
