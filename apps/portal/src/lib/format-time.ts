import { formatDanishClock, formatDanishInstant } from "@sor/core/validity";
import { getLanguage, type Language } from "./language.ts";

export { danishTimestamp as machineInstant, formatDanishDay as formatDay } from "@sor/core/validity";

/** An instant in Danish time, to the minute or second, in the format of a language, by default the page's. */
export function formatInstant(
  at: Date,
  precision: "minute" | "second" = "minute",
  language: Language = getLanguage(),
): string {
  return formatDanishInstant(at, language, precision);
}

/** The time of day of an instant in Denmark, to the minute or second. */
export const formatClock = (at: Date, precision: "minute" | "second" = "second"): string =>
  formatDanishClock(at, getLanguage(), precision);
