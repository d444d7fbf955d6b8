/** Findings of MedCom's own rules: severity, ISO 9735 code, Danish and English sentences. */
export const medcomTexts = {
  "gln-check-digit": [
    "warning",
    12,
    "Lokationsnummeret har et forkert kontrolciffer.",
    "The location number has a wrong check digit.",
  ],
  "gln-form": ["warning", 12, "Lokationsnummeret er ikke 13 cifre.", "The location number is not 13 digits."],
  "type-unknown": [
    "error",
    14,
    "Brevtypen findes ikke i MedComs katalog.",
    "The message type is not in MedCom's catalogue.",
  ],
  "version-unknown": [
    "warning",
    14,
    "Brevtypens version findes ikke i MedComs katalog.",
    "The version of the message type is not in MedCom's catalogue.",
  ],
  "version-superseded": [
    "info",
    0,
    "Brevtypens version er afløst af en nyere.",
    "The version of the message type has been superseded.",
  ],
  "type-mismatch": [
    "error",
    12,
    "Meddelelsestypen i UNH hører ikke til brevtypen.",
    "The message type in UNH does not belong to the message type.",
  ],
  "message-type-mismatch": [
    "error",
    12,
    "Brevtypen er angivet forskelligt to steder: i UNH og i meddelelsen, eller i TypeCode og StatisticalCode.",
    "The message type is stated differently in two places: in UNH and in the message, or in TypeCode and StatisticalCode.",
  ],
  "action-code": [
    "error",
    12,
    "Kvitteringens handlingskode er ikke 4 (afvist) eller 7 (modtaget).",
    "The action code of the receipt is neither 4 (rejected) nor 7 (accepted).",
  ],
  "message-value": [
    "error",
    12,
    "Koden er ikke tilladt i denne brevtype.",
    "The code is not allowed in this message type.",
  ],
} as const;
