import { createHash } from "node:crypto";

/** The trace of an interchange: its id, which is a UUID of 16 bytes with random ones at its end, as W3C asks of a trace id. */
export function traceOfInterchange(interchangeId: string): string {
  return interchangeId.replaceAll("-", "").toLowerCase();
}

const spanOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** The span of its being taken in: the parent of all attempts. */
export const takenInSpanOf = (interchangeId: string) => spanOf(`taken in ${interchangeId}`);

/** The span of an attempt, counted from 1. An attempt that is made again after a lost lease has its number, and its span. */
export const attemptSpanOf = (deliveryId: string, number: number) =>
  spanOf(`attempt ${number} of ${deliveryId}`);
