import { formatDanishInstant } from "@sor/core/validity";
import type { Language } from "./language.ts";
import { getLocale } from "./paraglide/runtime.js";

export { danishTimestamp as machineInstant, formatDanishDay as formatDay } from "@sor/core/validity";

/** An instant in Danish time, to the minute or second, as a language writes it, the page's where none is given. */
export function formatInstant(
  at: Date,
  precision: "minute" | "second" = "minute",
  language: Language = getLocale(),
): string {
  return formatDanishInstant(at, language, precision);
}
