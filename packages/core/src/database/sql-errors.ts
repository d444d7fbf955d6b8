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

/** Converts unique and foreign-key violations (SQLSTATE 23505, 23503) to `conflict`; returns anything else unchanged. */
export function asDomainError(error: unknown): unknown {
  const found = postgresError(error);
  if (found?.code === "23505" || found?.code === "23503") {
    return new DomainError("conflict", "collides", {
      constraint: found.constraint,
    });
  }
  return error;
}

// Connection lost (08), out of resources such as disk, memory or connections (53), shutdown (57P), I/O error (58030), read-only
// (25006), idle-in-transaction timeout (25P03).
const awayStates = /^(?:08...|53...|57P0.|58030|25006|25P03)$/;
const awayFaults = /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/;
// The driver's error messages for a lost connection, which have no code.
const driverWords =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;
// Serialization failure or deadlock, statement cancelled or timed out, lock not available.
const busyStates = /^(?:40001|40P01|57014|55P03)$/;

function hasCause(error: unknown, isIt: (code: string, message: string) => boolean): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    const code = "code" in current && typeof current.code === "string" ? current.code : "";
    if (isIt(code, current.message)) return true;
    current = current.cause;
  }
  return false;
}

/**
 * Whether a failure means that the database is unreachable or cannot work (SQLSTATE, system errors), rather than that it rejected
 * something.
 */
export function isDatabaseAway(error: unknown): boolean {
  return hasCause(
    error,
    (code, message) => awayStates.test(code) || awayFaults.test(code) || driverWords.test(message),
  );
}

/** Whether a retry may succeed: the database is unreachable or was overloaded. */
export function mayPass(error: unknown): boolean {
  return isDatabaseAway(error) || hasCause(error, (code) => busyStates.test(code));
}
