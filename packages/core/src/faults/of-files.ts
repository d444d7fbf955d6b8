import type { Words } from "./words.ts";

/** In words: what can be wrong with a file of registrations, as a whole and in a cell; each says what to do. */
export const ofFiles = {
  "file-not-a-table": {
    da: "Filen er hverken CSV eller XLSX. Gem den som et af dem.",
    en: "The file is neither CSV nor XLSX. Save it as one of them.",
  },
  "file-old-excel": {
    da: "Filen er i det gamle Excel-format (xls) eller har adgangskode. Gem den som XLSX uden adgangskode.",
    en: "The file is in the old Excel format (xls) or has a password. Save it as XLSX without a password.",
  },
  "file-not-xlsx": {
    da: "Filen kan ikke læses som XLSX. Åbn den i regnearket, og gem den igen.",
    en: "The file cannot be read as XLSX. Open it in the spreadsheet and save it again.",
  },
  "file-macros": {
    da: "Filen har makroer. Gem den som XLSX uden makroer.",
    en: "The file has macros. Save it as XLSX without macros.",
  },
  "file-links": {
    da: "Filen henter data fra andre filer. Kopiér værdierne over i en ny fil.",
    en: "The file takes data from other files. Copy the values to a new file.",
  },
  "file-too-large": {
    da: "Filen er for stor, når den pakkes ud.",
    en: "The file is too large when unpacked.",
  },
  "file-too-long": {
    da: "Filen har mere end 200.000 rækker. Del den.",
    en: "The file has more than 200,000 rows. Split it.",
  },
  "file-quotes": {
    da: "Et anførselstegn mangler sin makker, eller en celle er alt for lang.",
    en: "A quotation mark lacks its other half, or a cell is far too long.",
  },
  "file-no-phases": {
    da: "Første række skal have kolonnerne Meddelelsestype, Version og Udfases fra.",
    en: "The first row must have the columns Message type, Version and Phased out from.",
  },
  "file-no-header": {
    da: "Første række skal have kolonnerne Lokationsnummer, Meddelelsestype og Version.",
    en: "The first row must have the columns Location number, Message type and Version.",
  },
  "file-day": {
    da: "Skriv dagen som 31-12-2026.",
    en: "Write the day as 31-12-2026 or 2026-12-31.",
  },
  "file-direction": { da: "Skriv modtager eller sender.", en: "Write receives or sends." },
  "file-end": {
    da: "Skriv x for at lade typen ophøre, eller intet.",
    en: "Write x to end the type, or nothing.",
  },
  "file-scientific": {
    da: "Regnearket har forkortet nummeret, så cifre er tabt. Sæt kolonnen til tekst, og skriv nummeret igen.",
    en: "The spreadsheet has shortened the number, so that digits are lost. Make the column text and write the number again.",
  },
  "file-leading-zeros": {
    da: "Nummeret har for få cifre. Har regnearket fjernet nuller foran, så sæt kolonnen til tekst, og skriv det igen.",
    en: "The number has too few digits. If the spreadsheet has removed zeros in front, make the column text and write it again.",
  },
  "file-row-twice": {
    da: "Samme type, version, retning og første dag står i en række længere oppe.",
    en: "The same type, version, direction and first day stand in a row above.",
  },
  "file-not-yours": {
    da: "Lokationsnummeret findes ikke, er lukket, eller er ikke et af dine.",
    en: "The location number does not exist, is closed, or is not one of yours.",
  },
} as const satisfies Record<string, Words>;
