import type { DomainError } from "@sor/core";
import { getLanguage } from "#lib/language.ts";

/** What core says of a refusal, at its field where it names one. */
function said({ words, details }: DomainError): string | { field: string; text: string } {
  const text = words[getLanguage()];
  return typeof details["field"] === "string" ? { field: details["field"], text } : text;
}

/** Texts for core's refusals of what is published. */
export const publicationRefusals = { conflict: said, invalid: said };
