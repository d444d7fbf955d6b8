import { newId } from "@sor/core/database";

/** The caller's request id if it is safe to echo, else a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.=-]{1,128}$/.test(given) ? given : newId();
}
