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
