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

/** A use case that cannot continue. `message` is English and safe to show; `details` name the place, never content. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;
  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
