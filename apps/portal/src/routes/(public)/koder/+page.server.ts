import { codeListNames, codeListTitles, listCodes } from "@sor/core/code-lists";
import { getLanguage } from "#lib/language.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = () => ({
  lists: codeListNames.map((name) => ({
    ...{ name, title: codeListTitles[name][getLanguage()], count: listCodes(name).length },
  })),
});
