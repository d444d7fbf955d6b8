import { DomainError } from "../errors.ts";

type PostgresError = { code: string; constraint?: string };

function postgresError(error: unknown): PostgresError | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if ("code" in current && typeof current.code === "string" && current.code.length === 5) {
      return current as unknown as PostgresError;
    }
    current = current.cause;
  }
  return undefined;
}

/** Turns unique and foreign-key violations (SQLSTATE 23505, 23503) into `conflict`; gives anything else back as it came. */
export function asDomainError(error: unknown): unknown {
  const found = postgresError(error);
  if (found?.code === "23505" || found?.code === "23503") {
    return new DomainError("conflict", "The change collides with what is registered.", {
      constraint: found.constraint,
    });
  }
  return error;
}

/** Whether a failure means that the database cannot be reached or is shutting down (SQLSTATE classes 08, 57P), not that it refused. */
export function isDatabaseAway(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    const code = "code" in current && typeof current.code === "string" ? current.code : "";
    if (/^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|08|57P0)/.test(code)) return true;
    if (/^Connection terminated|timeout exceeded when trying to connect/.test(current.message)) return true;
    current = current.cause;
  }
  return false;
}
