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

// Connection lost (08), resources such as disk, memory or connections gone (53), told to stop (57P), files that cannot be
// written (58030), only reading allowed (25006), ended because it stood still in a transaction (25P03).
const awayStates = /^(?:08...|53...|57P0.|58030|25006|25P03)$/;
const awayFaults = /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/;
// The driver's own words for a connection that is gone; it gives no code with them.
const driverWords =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;
// Two transactions in each other's way, and a statement that took too long.
const busyStates = /^(?:40001|40P01|57014|55P03)$/;

function hasCause(error: unknown, isIt: (code: string, message: string) => boolean): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    const code = "code" in current && typeof current.code === "string" ? current.code : "";
    if (isIt(code, current.message)) return true;
    current = current.cause;
  }
  return false;
}

/** Whether a failure means that the database cannot be reached or cannot work (SQLSTATE, system errors), not that it refused. */
export function isDatabaseAway(error: unknown): boolean {
  return hasCause(
    error,
    (code, message) => awayStates.test(code) || awayFaults.test(code) || driverWords.test(message),
  );
}

/** Whether the same may well succeed a little later: the database is away, or had too much to do at once. */
export function mayPass(error: unknown): boolean {
  return isDatabaseAway(error) || hasCause(error, (code) => busyStates.test(code));
}
