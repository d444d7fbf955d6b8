import type { Words } from "./words.ts";

/** In words: what core says of organisational levels, of location numbers before they are registered, and of the journal's check. */
export const ofLists = {
  "no-such-level": { da: "Niveauet findes ikke.", en: "There is no such level." },
  "level-changed": { da: "En anden har rettet niveauet imens.", en: "Somebody else has changed this level." },
  "level-code-fixed": { da: "Et niveau beholder sin kode.", en: "A level keeps its code." },
  "no-such-snapshot": {
    da: "Der er ikke noget udtræk med det id.",
    en: "There is no snapshot with that id.",
  },
  "no-such-range": { da: "Nummerrækken findes ikke.", en: "There is no such range." },
  "range-changed": {
    da: "En anden har rettet nummerrækken imens.",
    en: "Somebody else has changed this range.",
  },
  "range-overlap": { da: "Nummerrækken overlapper en anden.", en: "The range overlaps another one." },
  "too-many-ranges": { da: "Der er for mange nummerrækker.", en: "There are too many ranges." },
  "range-reversed": { da: "rækken slutter, før den begynder", en: "the range ends before it begins" },
  "range-digits": {
    da: "præfiks og nummer har tilsammen højst 12 cifre",
    en: "prefix and number have at most 12 digits",
  },
  "prefix-form": { da: "3 til 11 cifre", en: "3 to 11 digits" },
  "number-never-given": {
    da: "Lokationsnummeret er aldrig tildelt her.",
    en: "The location number was never given out here.",
  },
  "number-not-free": {
    da: "Kun et reserveret eller frigivet lokationsnummer kan vælges ved sit nummer.",
    en: "Only a reserved or released location number is given out by its name.",
  },
  "number-not-reserved": {
    da: "Kun et reserveret lokationsnummer kan frigives.",
    en: "Only a reserved location number can be released.",
  },
  "number-in-use": {
    da: "Lokationsnummeret er i brug: luk det først.",
    en: "The location number is in use: close it first.",
  },
  "numbers-used-up": {
    da: "Der er ikke flere lokationsnumre i nummerrækkerne.",
    en: "No location number is left in the ranges.",
  },
  "reservation-bounds": {
    da: "En reservation slutter efter i dag og inden for et år.",
    en: "A reservation ends after today and within a year.",
  },
  "check-reversed": {
    da: "Det sidste nummer kommer før det første.",
    en: "The last number comes before the first.",
  },
} as const satisfies Record<string, Words>;
