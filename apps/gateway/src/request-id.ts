import { randomFillSync } from "node:crypto";

// One call of the system's source gives the randomness of many ids; asking it for each costs several microseconds.
const bytes = Buffer.alloc(10 * 512);
let random = "";
let used = 0;
let milliseconds = 0;
let time = "";

/** A new request id: UUID version 7 (RFC 9562 5.7), from the clock and pooled randomness. */
export function newRequestId(): string {
  const now = Date.now();
  if (now !== milliseconds) {
    const digits = now.toString(16).padStart(12, "0");
    time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
    milliseconds = now;
  }
  if (used === random.length) {
    random = randomFillSync(bytes).toString("hex");
    used = 0;
  }
  const at = used;
  used += 20;
  const variant = "89ab"[random.charCodeAt(at) & 3];
  return `${time}${random.slice(at + 1, at + 4)}-${variant}${random.slice(at + 4, at + 7)}-${random.slice(at + 8, at + 20)}`;
}

/** The caller's request id when it is one we may repeat, else a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.=-]{1,128}$/.test(given) ? given : newRequestId();
}
