import type { Words } from "./words.ts";

/** In words: what core says of units, location numbers, registrations and the files they are read from. */
export const ofRegister = {
  "no-such-location": {
    da: "Lokationsnummeret er ikke registreret.",
    en: "The location number is not registered.",
  },
  "location-changed": {
    da: "En anden har rettet lokationsnummeret imens.",
    en: "Somebody else has changed this location number.",
  },
  "location-registered": {
    da: "Lokationsnummeret er allerede registreret.",
    en: "The location number is registered already.",
  },
  "own-successor": {
    da: "Et lokationsnummer afløser ikke sig selv.",
    en: "A location number does not succeed itself.",
  },
  "closed-before-opening": {
    da: "Det kan ikke lukke, før det åbnede.",
    en: "It cannot close before it opened.",
  },
  "registrations-changed": {
    da: "En anden har imens rettet, hvad lokationsnummeret modtager.",
    en: "Somebody else has changed what the location number receives.",
  },
  "registrations-unusable": {
    da: "Registreringerne kan ikke gemmes, som de er.",
    en: "The registrations cannot be saved as they are.",
  },
  "registration-end-past": {
    da: "En registrering slutter nu eller senere.",
    en: "A registration ends now or later.",
  },
  "no-such-registration": {
    da: "Lokationsnummeret har ikke den registrering.",
    en: "The location number has no such registration.",
  },
  "no-such-change": {
    da: "Lokationsnummeret har ikke den ændring.",
    en: "The location number has no such change.",
  },
  "changed-since": {
    da: "Det, den ændrede, er ændret siden.",
    en: "What it changed has been changed since.",
  },
  "unit-closed": { da: "Enheden er lukket.", en: "The unit has closed." },
  "unit-withdrawn": {
    da: "Enheden var registreret ved en fejl og er trukket tilbage.",
    en: "The unit was registered in error and has been withdrawn.",
  },
  "no-unit-on-day": { da: "Enheden findes ikke den dag.", en: "There is no such unit on that day." },
  "no-such-unit": { da: "Enheden findes ikke.", en: "There is no such unit." },
  "no-such-shak-code": { da: "SHAK-koden findes ikke.", en: "There is no such SHAK code." },
  "no-such-successor": { da: "En afløser er ikke registreret.", en: "A successor is not registered." },
  "successor-circle": { da: "Enheden ville afløse sig selv.", en: "A unit would take over after itself." },
  "sor-id-taken": { da: "SOR-koden er optaget.", en: "The SOR id is taken." },
  "unit-not-valid": {
    da: "Enheden gælder ikke i den periode.",
    en: "The unit does not hold in that period.",
  },
  "unit-opens-later": {
    da: "Enheden åbner den dag eller senere.",
    en: "The unit opens on that day or later.",
  },
  "units-below": { da: "Enheder under den gælder længere.", en: "Units below it hold longer." },
  "validity-reversed": {
    da: "Gyldigheden slutter, før den begynder.",
    en: "The validity ends before it begins.",
  },
  "file-unreadable": { da: "Filen kan ikke læses.", en: "The file cannot be read." },
} as const satisfies Record<string, Words>;
