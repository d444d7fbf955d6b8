import { type Fault, faultTexts, type Words } from "./faults/index.ts";

/** All error codes of use cases; each app maps every code to its own wording. */
export const errorCodes = [
  "not-found",
  "not-allowed",
  "not-signed-in",
  "conflict",
  "invalid",
  "gone",
  "too-many",
  "too-large",
  "unavailable",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/**
 * A use case that cannot continue: its kind, and what is wrong, by the code of the fault or in words made for the occasion.
 * `message` is English; `words` are safe to show; `details` name the place, never content.
 */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: ErrorCode;
  readonly words: Words;
  readonly details: Record<string, unknown>;
  constructor(code: ErrorCode, fault: Fault | Words, details: Record<string, unknown> = {}) {
    const words = typeof fault === "string" ? faultTexts[fault] : fault;
    super(words.en);
    this.code = code;
    this.words = words;
    this.details = details;
  }
}
