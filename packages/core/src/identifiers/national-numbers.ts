import { z } from "zod";
import type { Fault } from "../faults/index.ts";

/** A hospital department code: hospital 4, department 6, ward 7 characters. */
export const Shak = z
  .string()
  .regex(/^(?:\d{4}|\d{4}[0-9A-ZÆØÅ]{2}|\d{4}[0-9A-ZÆØÅ]{3})$/, "shak-characters" satisfies Fault)
  .brand("Shak")
  .meta({
    id: "Shak",
    description: "SHAK code: 4, 6 or 7 characters",
    examples: ["1301", "130101", "1301011"],
  });
export type Shak = z.infer<typeof Shak>;

const cvrWeights = [2, 7, 6, 5, 4, 3, 2, 1];

/** Modulus 11 with weights 2 7 6 5 4 3 2 1, as in the Central Business Register. */
export function hasCvrCheckDigit(cvr: string): boolean {
  return cvrWeights.reduce((sum, weight, i) => sum + weight * (cvr.charCodeAt(i) - 48), 0) % 11 === 0;
}

/** A company number: 8 digits, modulus 11. */
export const Cvr = z
  .string()
  .regex(/^[1-9]\d{7}$/, "cvr-digits" satisfies Fault)
  .refine(hasCvrCheckDigit, "check-digit" satisfies Fault)
  .brand("Cvr")
  .meta({ id: "Cvr", description: "CVR number (8 digits, modulus 11)", examples: ["12669232"] });
export type Cvr = z.infer<typeof Cvr>;

/** A production unit number: 10 digits, sequential, no check digit. */
export const PNumber = z
  .string()
  .regex(/^1\d{9}$/, "p-number-digits" satisfies Fault)
  .brand("PNumber")
  .meta({ id: "PNumber", description: "P number (10 digits)", examples: ["1003388394"] });
export type PNumber = z.infer<typeof PNumber>;

/** A provider number (ydernummer): 1 to 9 characters in the register's schema, six digits in practice. */
export const ProviderNumber = z
  .string()
  .regex(/^\d{1,9}$/, "provider-digits" satisfies Fault)
  .brand("ProviderNumber")
  .meta({ id: "ProviderNumber", description: "Provider number (ydernummer)", examples: ["042897"] });
export type ProviderNumber = z.infer<typeof ProviderNumber>;
