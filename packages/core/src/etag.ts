import { createHash } from "node:crypto";
import { DomainError } from "./errors.ts";
import type { Fault } from "./faults/index.ts";

/** An ETag: equal for equal values and practically always different for others. Values must be JSON. */
export function etagOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 32);
}

/** The ETags of which the present state must have one to be changed; absent: any state will do. */
export type ExpectedEtag = string | readonly string[] | undefined;

/** Throws `conflict` (fault `etag`), with the given words, when the present state has none of the expected ETags. */
export function requireEtag(expected: ExpectedEtag, present: string, fault: Fault): void {
  if (expected === undefined || [expected].flat().includes(present)) return;
  throw new DomainError("conflict", fault, { fault: "etag" });
}
