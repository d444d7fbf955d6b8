/** The languages of the pages. */
export type Language = "da" | "en";

let languageNow: () => Language = () => "da";

const isLanguage = (text: string | null | undefined): text is Language => text === "da" || text === "en";

/** The language from `?lang=`, else from the cookie, else Danish. */
export function chooseLanguage(asked: string | null, remembered: string | undefined): Language {
  if (isLanguage(asked)) return asked;
  return isLanguage(remembered) ? remembered : "da";
}

/** The language of the current page; Danish outside a request. */
export function getLanguage(): Language {
  return languageNow();
}

/** Sets at startup how the language is found: on the server from the request, in the browser from the page. */
export function followLanguage(find: () => string | undefined): void {
  languageNow = () => {
    const found = find();
    return isLanguage(found) ? found : "da";
  };
}
