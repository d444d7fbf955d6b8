import { defineCustomClientStrategy, isLocale, type Locale } from "./paraglide/runtime.js";

export type Language = Locale;

/** The language asked for in the address (`?lang=`), else the one chosen earlier, else Danish. */
export function chooseLanguage(asked: string | null, remembered: string | undefined): Language {
  if (isLocale(asked)) return asked;
  return isLocale(remembered) ? remembered : "da";
}

/** Tells the compiled words in the browser which language the server has written the page in. */
export function followPageLanguage(): void {
  defineCustomClientStrategy("custom-page", {
    getLocale: () => document.documentElement.lang,
    setLocale: () => undefined,
  });
}
