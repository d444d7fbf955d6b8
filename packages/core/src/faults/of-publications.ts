import type { Words } from "./words.ts";

/** In words: what core says of news, newsletters, the roadmap and written guides. */
export const ofPublications = {
  "address-form": {
    da: "Brug små bogstaver a-z, tal og bindestreger.",
    en: "Use lower-case letters a-z, digits and hyphens.",
  },
  "address-taken": { da: "Adressen er brugt af en anden side.", en: "The address is used by another page." },
  "too-nested": {
    da: "Teksten har for mange niveauer af citater eller lister.",
    en: "The text has too many levels of quotations or lists.",
  },
  "publish-over": {
    da: "Tidspunktet er gået. Vælg et senere, eller udgiv nu.",
    en: "That time has passed. Choose a later one, or publish now.",
  },
  "no-such-article": { da: "Nyheden findes ikke.", en: "There is no such article." },
  "article-changed": {
    da: "En anden har gemt imens. Se den nye udgave, og ret igen.",
    en: "Somebody else saved meanwhile. See the new version, and edit again.",
  },
  "article-published": {
    da: "Kun en kladde, der aldrig har været udgivet, kan slettes.",
    en: "Only a draft that was never published can be deleted.",
  },
  "file-type": {
    da: "Filen skal være PDF, ZIP, PNG, JPEG eller WebP, og navnet skal passe til indholdet.",
    en: "The file must be PDF, ZIP, PNG, JPEG or WebP, and its name must fit its content.",
  },
  "file-too-large": {
    da: "Et billede må fylde højst 2 MB, en bilagsfil højst 20 MB.",
    en: "A picture may be at most 2 MB, an attachment at most 20 MB.",
  },
  "too-many-files": { da: "En nyhed kan have højst 20 filer.", en: "An article can have at most 20 files." },
  "file-name-taken": {
    da: "Nyheden har allerede en fil med det navn.",
    en: "The article has a file of that name already.",
  },
  "no-such-issue": { da: "Nyhedsbrevet findes ikke.", en: "There is no such newsletter." },
  "issue-sent": {
    da: "Nyhedsbrevet er sendt og kan ikke ændres.",
    en: "The newsletter has been sent and cannot be changed.",
  },
  "issue-empty": {
    da: "Vælg mindst en nyhed, der er udgivet.",
    en: "Choose at least one article that is public.",
  },
  "no-such-milestone": { da: "Milepælen findes ikke.", en: "There is no such milestone." },
  "no-such-guide": { da: "Vejledningen findes ikke.", en: "There is no such guide." },
  "due-form": {
    da: "Skriv en dag (31-12-2026) eller et kvartal (4. kvartal 2026).",
    en: "Write a day (31-12-2026) or a quarter (Q4 2026).",
  },
  "patient-number": {
    da: "Teksten ser ud til at indeholde et CPR-nummer. Fjern det: patientoplysninger må ikke sendes her.",
    en: "The text seems to hold a personal number (CPR). Remove it: patient information must not be sent here.",
  },
  "no-such-file": { da: "Filen findes ikke.", en: "There is no such file." },
} as const satisfies Record<string, Words>;
