import { newId } from "@sor/core/database";

/** The caller's request id when it is one we may repeat, else a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.=-]{1,128}$/.test(given) ? given : newId();
}
