import { createHash } from "node:crypto";

/** The trace of an interchange: its id, a UUID of 16 bytes that ends in random ones, as W3C requires of a trace id. */
export function traceOfInterchange(interchangeId: string): string {
  return interchangeId.replaceAll("-", "").toLowerCase();
}

const spanOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** The span of its acceptance: the parent of all attempts. */
export const takenInSpanOf = (interchangeId: string) => spanOf(`taken in ${interchangeId}`);

/** The span of an attempt, counted from 1. An attempt repeated after its lease expired has the same number and span. */
export const attemptSpanOf = (deliveryId: string, number: number) =>
  spanOf(`attempt ${number} of ${deliveryId}`);
