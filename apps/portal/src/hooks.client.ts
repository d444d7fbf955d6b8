import { followPageLanguage } from "#lib/language.ts";

followPageLanguage();
