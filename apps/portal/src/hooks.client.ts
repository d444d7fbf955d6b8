import { followLanguage } from "#lib/language.ts";

followLanguage(() => document.documentElement.lang);
