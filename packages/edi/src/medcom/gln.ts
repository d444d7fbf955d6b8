import type { FindingCode } from "../finding-texts.ts";

/** The error in a location number (qualifier 14): not 13 digits, or a wrong check digit; undefined for other parties too. */
export function glnFault(party: {
  readonly id: string;
  readonly qualifier?: string;
}): FindingCode | undefined {
  if (party.qualifier !== "14" || party.id === "") return undefined;
  const isRight = hasRightCheckDigit(party.id);
  return isRight === undefined ? "gln-form" : isRight ? undefined : "gln-check-digit";
}

/** Whether 13 digits have a valid GS1 check digit (GS1 General Specifications 7.9); undefined for anything else. */
function hasRightCheckDigit(id: string): boolean | undefined {
  if (id.length !== 13) return undefined;
  let sum = 0;
  for (let at = 0; at < 13; at++) {
    const digit = id.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    sum += at % 2 === 0 ? digit : digit * 3;
  }
  return sum % 10 === 0;
}
