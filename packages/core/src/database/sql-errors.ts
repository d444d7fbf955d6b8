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

// Connection lost (08), resources such as disk, memory or connections gone (53), told to stop (57P, 57014), files that
// cannot be written (58030), only reading allowed (25006), and two transactions that got in each other's way (40).
const passingStates = /^(?:08...|53...|57P0.|57014|58030|25006|40001|40P01)$/;
const passingFaults = /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/;
// The driver's own words for a connection that is gone; it gives no code with them.
const driverWords =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * Whether a failure says that the database cannot work just now, and not that it refused what was asked: the same again a
 * little later may well succeed. SQLSTATE (PostgreSQL, appendix A), system errors, the driver's own.
 */
export function isDatabaseAway(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    const code = "code" in current && typeof current.code === "string" ? current.code : "";
    if (passingStates.test(code) || passingFaults.test(code) || driverWords.test(current.message))
      return true;
    current = current.cause;
  }
  return false;
}
