import { DrizzleQueryError } from "drizzle-orm";

/** An error as it may be logged. */
export type LoggedError = {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: LoggedError;
};

const causesMax = 5;

function messageOf(error: Error, code: string | undefined): string {
  if (error instanceof DrizzleQueryError) return `Failed query: ${error.query}`;
  // Class 22: PostgreSQL quotes the invalid value.
  return code?.length === 5 && code.startsWith("22") ? "a value that cannot be used" : error.message;
}

/**
 * The loggable part of an error and its causes: type, message, code and where it was thrown. The values of a failed query, and
 * the keys that PostgreSQL quotes in its details, are location numbers, names and secrets, and are left out.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "not an error" };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const thrownAt = error.message === "" ? undefined : error.stack?.split(error.message).at(-1);
  return {
    type: error.name,
    message: messageOf(error, code),
    ...(code !== undefined && { code }),
    ...(thrownAt && thrownAt !== error.stack && { stack: thrownAt.trim() }),
    ...(error.cause !== undefined && depth < causesMax && { cause: errorForLog(error.cause, depth + 1) }),
  };
}
