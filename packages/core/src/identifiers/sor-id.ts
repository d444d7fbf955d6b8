import { z } from "zod";
import type { Fault } from "../faults/index.ts";

// The dihedral group D5 and the permutation of Verhoeff's algorithm, as used by SNOMED CT identifiers.
const product = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
] as const;
const permutation = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
  [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
  [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
  [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
  [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
  [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
  [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
] as const;

function checksum(digits: string): number {
  let state = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    state = product[state]?.[permutation[i % 8]?.[digit] ?? 0] ?? 0;
  }
  return state;
}

/** Verhoeff check digit as in SNOMED CT identifiers (SCTID, release file specification 2.3). */
export function hasSorCheckDigit(sorId: string): boolean {
  return checksum(sorId) === 0;
}

/** A SOR id from its sequence number: number, namespace 1000016, partition 00, check digit. */
export function makeSorId(sequenceNumber: number): string {
  const body = `${sequenceNumber}100001600`;
  for (let digit = 0; digit < 10; digit += 1) {
    if (hasSorCheckDigit(`${body}${digit}`)) return `${body}${digit}`;
  }
  throw new RangeError("no check digit fits");
}

/** A unit's SOR id: 6 to 18 digits with Verhoeff check digit. Classification codes need not have one. */
export const SorId = z
  .string()
  .regex(/^[1-9]\d{5,17}$/, "sor-id-digits" satisfies Fault)
  .refine(hasSorCheckDigit, "check-digit" satisfies Fault)
  .brand("SorId")
  .meta({ id: "SorId", description: "SOR id of a unit (Verhoeff check digit)", examples: ["311000016009"] });
export type SorId = z.infer<typeof SorId>;

/** A SOR classification code (SNOMED CT concept or extension id): 3 to 18 digits, check digit not verified. */
export const SorCode = z
  .string()
  .regex(/^\d{3,18}$/, "classification-digits" satisfies Fault)
  .meta({ id: "SorCode", description: "SOR classification code", examples: ["394761003"] });
