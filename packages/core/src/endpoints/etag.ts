import { createHash } from "node:crypto";
import { DomainError } from "../errors.ts";

/** A tag that two equal values share and, for all practical purposes, no others do. Values must be JSON. */
export function etagOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 32);
}

/** The tags of which the present state must have one before it is changed; absent: any state will do. */
export type ExpectedEtag = string | readonly string[] | undefined;

/** Throws `conflict` (fault `etag`), in the words given, when the state is none of those that the change was based on. */
export function requireEtag(expected: ExpectedEtag, present: string, message: string): void {
  if (expected === undefined || [expected].flat().includes(present)) return;
  throw new DomainError("conflict", message, { fault: "etag" });
}
