import type { RowFault } from "@sor/core/bulk";
import { faultTexts, isFault } from "@sor/core/faults";
import { getLanguage } from "#lib/language.ts";
import { problemText } from "#lib/location/location-words.ts";

/** What is wrong with a row of a file, in the page's language. */
export function rowFaultText({ rule }: RowFault): string {
  return isFault(rule) ? faultTexts[rule][getLanguage()] : problemText({ code: rule });
}
