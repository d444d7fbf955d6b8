/** The languages of the pages. */
export type Language = "da" | "en";

let languageNow: () => Language = () => "da";

const isLanguage = (text: string | null | undefined): text is Language => text === "da" || text === "en";

/** The language asked for in the address (`?lang=`), else the one chosen earlier, else Danish. */
export function chooseLanguage(asked: string | null, remembered: string | undefined): Language {
  if (isLanguage(asked)) return asked;
  return isLanguage(remembered) ? remembered : "da";
}

/** The language of the page that is being written; Danish outside a request. */
export function getLanguage(): Language {
  return languageNow();
}

/** Says once, at the start, where the language is found: on the server in the request, in the browser in the page. */
export function followLanguage(find: () => string | undefined): void {
  languageNow = () => {
    const found = find();
    return isLanguage(found) ? found : "da";
  };
}
