import type { Language } from "./language.ts";
import { getLanguage } from "./language.ts";

const tags = { da: "da-DK", en: "en-GB" } satisfies Record<Language, string>;

/** A number in the format of a language, by default the page's: 1.234,5 in Danish, 1,234.5 in English; at most one decimal. */
export function formatNumber(value: number, language: Language = getLanguage()): string {
  return value.toLocaleString(tags[language], { maximumFractionDigits: 1 });
}
