import type { DomainError } from "@sor/core";
import { getLanguage } from "#lib/language.ts";
import { m } from "#lib/words/index.ts";

const said = ({ words }: DomainError) => words[getLanguage()];

/** What core says of a step of a change set that it refuses, at the field to correct where there is one. */
export const setRefusals = {
  conflict: (error: DomainError) =>
    error.details["fault"] === undefined ? m.changes_undo_taken() : said(error),
  "not-found": said,
  "not-allowed": said,
  "too-large": said,
  invalid: (error: DomainError) =>
    error.details["field"] === "endings" ? { field: "endings", text: said(error) } : said(error),
};
