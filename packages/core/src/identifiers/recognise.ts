import { hasGlnCheckDigit } from "./gln.ts";
import { Cvr, PNumber, ProviderNumber, Shak } from "./national-numbers.ts";
import { SorId } from "./sor-id.ts";

export type IdentifierKind = "gln" | "sorId" | "shak" | "providerNumber" | "cvr" | "pNumber";
export type RecognisedIdentifier = { kind: IdentifierKind; value: string };

// People copy numbers in groups.
const asTyped = (text: string): string =>
  text
    .trim()
    .toUpperCase()
    .replace(/^(?:EAN|GLN|SOR|SHAK|CVR|P-?NR|YDERNR|YDERNUMMER|LOKATIONSNUMMER)[.:\s-]*(?=\d)/, "")
    .replace(/(?<=\d)[\s-]+(?=\d)/g, "");

/** Whether a typed text has the 13 digits of a location number but a wrong check digit. */
export function isMistypedGln(text: string): boolean {
  const value = asTyped(text);
  return /^\d{13}$/.test(value) && !hasGlnCheckDigit(value);
}

/**
 * All identifiers that a typed text can be, most likely first; empty when it can only be a name. Spaces and hyphens between
 * digits are ignored, as people copy numbers in groups.
 */
export function recogniseIdentifier(text: string): RecognisedIdentifier[] {
  const value = asTyped(text);
  const found: RecognisedIdentifier[] = [];
  if (/^\d{13}$/.test(value) && hasGlnCheckDigit(value)) found.push({ kind: "gln", value });
  if (SorId.safeParse(value).success) found.push({ kind: "sorId", value });
  if (/^\d{13}$/.test(value) && !hasGlnCheckDigit(value)) found.push({ kind: "gln", value });
  if (Cvr.safeParse(value).success) found.push({ kind: "cvr", value });
  if (PNumber.safeParse(value).success) found.push({ kind: "pNumber", value });
  if (Shak.safeParse(value).success) found.push({ kind: "shak", value });
  if (/^\d{4,6}$/.test(value) && ProviderNumber.safeParse(value).success) {
    found.push({ kind: "providerNumber", value });
  }
  return found;
}
