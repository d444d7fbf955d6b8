import type { Words } from "./words.ts";

/** In words: what the programs say of a request, whatever it is about. */
export const ofRequests = {
  "sign-in-first": { da: "Send en gyldig nøgle.", en: "Sign in first." },
  "no-right": { da: "Nøglen har ikke ret til dette.", en: "You do not have the right to do this." },
  collides: {
    da: "Ændringen strider mod det, der er registreret.",
    en: "The change collides with what is registered.",
  },
  "foreign-cursor": {
    da: "Markøren (after) er ikke en, gatewayen har givet.",
    en: "The cursor is not one of ours.",
  },
  "cursor-of-another-list": {
    da: "Markøren (after) hører til en anden liste eller et andet filter: send det samme igen, eller følg Link.",
    en: "The cursor belongs to another list or filter: send the same again, or follow Link.",
  },
  "cursor-of-another-search": {
    da: "Markøren (after) hører til en anden søgning: send det samme igen.",
    en: "The cursor belongs to another search: send the same again.",
  },
  "in-flight": {
    da: "En forespørgsel med samme Idempotency-Key er ved at blive besvaret.",
    en: "A request with this key is being answered.",
  },
  "key-reused": {
    da: "Idempotency-Key er brugt til en anden forespørgsel.",
    en: "The key was used for another request.",
  },
  "too-many-fields": { da: "Formularen har for mange felter.", en: "The form has too many fields." },
  "foreign-form": { da: "Formularen er ikke en af vores.", en: "The form is not one of ours." },
  "query-unreadable": { da: "Forespørgslen kan ikke læses.", en: "The query cannot be read." },
  "no-such-address": {
    da: "Der kan ikke findes noget på adressen.",
    en: "The address names nothing that can exist.",
  },
} as const satisfies Record<string, Words>;
