import type { CodeListName } from "./find-code.ts";

/** What each list is called, in both languages. */
export const codeListTitles: Readonly<Record<CodeListName, { da: string; en: string }>> = {
  "entity-types": { da: "Enhedstyper", en: "Entity types" },
  specialities: { da: "Kliniske specialer", en: "Clinical specialities" },
  "geographical-relations": { da: "Geografisk placering", en: "Geographical relations" },
  regions: { da: "Regioner", en: "Regions" },
  "net-operators": { da: "Netoperatører", en: "Net operators" },
  "shak-institution-kinds": { da: "SHAK: institutionsart", en: "SHAK: kinds of institution" },
  "shak-owners": { da: "SHAK: ejerforhold", en: "SHAK: ownership" },
  "shak-specialities": { da: "SHAK: specialer", en: "SHAK: specialities" },
};
