import { randomFillSync } from "node:crypto";

// Random bytes are read for many ids at once; a call to the system's source per id takes several microseconds.
const pool = Buffer.alloc(10 * 512);
let random = "";
let used = 0;
let milliseconds = 0;
let sequence = 0;
let time = "";

/**
 * A new id: UUID version 7 (RFC 9562 5.7). Ids of one process ascend: within a millisecond the twelve bits after the version are
 * a counter with a random start in its lower half; when it overflows, the time in the id runs ahead (6.2).
 */
export function newId(): string {
  if (used === random.length) {
    random = randomFillSync(pool).toString("hex");
    used = 0;
  }
  const at = used;
  used += 20;
  const now = Date.now();
  sequence += 1;
  if (now > milliseconds || sequence > 0xfff) {
    milliseconds = Math.max(now, milliseconds + 1);
    sequence = Number.parseInt(random.slice(at, at + 3), 16) >> 1;
    const digits = milliseconds.toString(16).padStart(12, "0");
    time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
  }
  const variant = "89ab"[random.charCodeAt(at + 3) & 3];
  return `${time}${sequence.toString(16).padStart(3, "0")}-${variant}${random.slice(at + 4, at + 7)}-${random.slice(at + 8, at + 20)}`;
}
