import { randomFillSync } from "node:crypto";

// One call of the system's source gives the randomness of many ids; asking it for each costs several microseconds.
const pool = Buffer.alloc(10 * 512);
let used = pool.length;

/** A new request id: UUID version 7 (RFC 9562 5.7), from the clock and pooled randomness. */
export function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const time = Date.now().toString(16).padStart(12, "0");
  const random = pool.toString("hex", used, used + 10);
  const variant = "89ab"[(pool[used] as number) & 3];
  used += 10;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(2, 5)}-${variant}${random.slice(5, 8)}-${random.slice(8)}`;
}

/** The caller's request id when it is one we may repeat, else a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.=-]{1,128}$/.test(given) ? given : newRequestId();
}
