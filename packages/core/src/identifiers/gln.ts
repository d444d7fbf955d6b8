import { z } from "zod";
import type { Fault } from "../faults/index.ts";

/** GS1 General Specifications 7.9: the last of 13 digits is (10 - weighted sum mod 10) mod 10. */
export function hasGlnCheckDigit(gln: string): boolean {
  if (!/^\d{13}$/.test(gln)) return false;
  let sum = 0;
  for (let i = 0; i < 12; i += 1) sum += (gln.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 3);
  return (10 - (sum % 10)) % 10 === gln.charCodeAt(12) - 48;
}

/** Appends the check digit to the first 12 digits of a location number. */
export function completeGln(firstTwelve: string): string {
  for (let digit = 0; digit < 10; digit += 1) {
    const gln = `${firstTwelve}${digit}`;
    if (hasGlnCheckDigit(gln)) return gln;
  }
  throw new RangeError("a location number is completed from 12 digits");
}

/** A location number that may be registered: 13 digits with a valid GS1 check digit. */
export const Gln = z
  .string()
  .regex(/^\d{13}$/, "gln-digits" satisfies Fault)
  .refine(hasGlnCheckDigit, "check-digit" satisfies Fault)
  .brand("Gln")
  .meta({
    id: "Gln",
    description: "Location number (GLN, 13 digits, GS1 check digit)",
    examples: ["5790000123117"],
  });
export type Gln = z.infer<typeof Gln>;

/** A location number in a lookup: 13 digits; a wrong check digit is only a warning, not an error. */
export const RoutedGln = z
  .string()
  .regex(/^\d{13}$/, "gln-digits" satisfies Fault)
  .meta({
    id: "RoutedGln",
    description: "Location number in a lookup (13 digits)",
    examples: ["5790000123117"],
  });
export type RoutedGln = z.infer<typeof RoutedGln>;
