import type { Language } from "./language.ts";
import { getLanguage } from "./language.ts";

const tags = { da: "da-DK", en: "en-GB" } satisfies Record<Language, string>;

/** A number in the format of a language, by default the page's: 1.234,5 in Danish, 1,234.5 in English; at most one decimal. */
export function formatNumber(value: number, language: Language = getLanguage()): string {
  return value.toLocaleString(tags[language], { maximumFractionDigits: 1 });
}

const units = ["B", "kB", "MB", "GB"];

/** A size in bytes with its unit, in steps of 1,000: 12,3 MB. */
export function formatBytes(bytes: number, language: Language = getLanguage()): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${formatNumber(bytes / 1000 ** step, language)} ${units[step]}`;
}
