import type { Words } from "./words.ts";

/** In words: what core says of vendor switches. */
export const ofSwitches = {
  "no-such-switch": { da: "Leverandørskiftet findes ikke.", en: "There is no such vendor switch." },
  "no-such-switch-key": {
    da: "Nøglen passer ikke til et skifte, der er tilbudt jer. Den kan være brugt, udløbet eller erstattet af en ny.",
    en: "The key fits no switch that is offered to you. It may be used, expired or replaced by a new one.",
  },
  "switch-state": {
    da: "Leverandørskiftet er nået til et andet trin. Se siden igen.",
    en: "The vendor switch has reached another step. Look at it again.",
  },
  "switch-busy": {
    da: "En bølge gennemføres lige nu. Prøv igen om lidt.",
    en: "A wave is being applied at this moment. Try again shortly.",
  },
  "switch-begun": {
    da: "Den første dag er begyndt. Lad lokationsnumrene gå tilbage i stedet for at stoppe.",
    en: "The first day has begun. Return the location numbers instead of stopping.",
  },
  "switch-not-begun": {
    da: "Den første dag er ikke begyndt. Stop skiftet i stedet.",
    en: "The first day has not begun. Stop the switch instead.",
  },
  "switch-to-itself": {
    da: "Lokationsnumrene er allerede hos den leverandør.",
    en: "The location numbers are with that vendor already.",
  },
  "switch-other-vendor": {
    da: "Et lokationsnummer har fået en anden leverandør, siden skiftet blev begyndt. Stop skiftet, og begynd et nyt uden det.",
    en: "A location number has got another vendor since the switch was begun. Stop the switch, and begin a new one without it.",
  },
  "several-vendors": {
    da: "Lokationsnumrene har ikke samme nuværende leverandør. Begynd ét skifte for hver.",
    en: "The location numbers have not the same present vendor. Begin one switch for each.",
  },
  "already-switching": {
    da: "Et lokationsnummer er med i et andet skifte, som ikke er afsluttet.",
    en: "A location number is part of another switch that has not ended.",
  },
  "location-not-valid": {
    da: "Et lokationsnummer gælder ikke på dagen.",
    en: "A location number is not valid on the day.",
  },
  "waves-out-of-order": {
    da: "Bølgernes dage skal følge efter hinanden, og den første må ikke være passeret.",
    en: "The days of the waves must follow each other, and the first must not have passed.",
  },
  "waves-incomplete": {
    da: "Bølgerne omfatter ikke alle lokationsnumrene. Lad den sidste bølge få resten.",
    en: "The waves do not cover all location numbers. Let the last wave have the rest.",
  },
  "wave-empty": { da: "En bølge er uden lokationsnumre.", en: "A wave has no location numbers." },
  "wave-too-large": {
    da: "En bølge kan have højst 2.500 lokationsnumre. Del den i flere.",
    en: "A wave can have at most 2,500 location numbers. Split it.",
  },
  "wave-not-selected": {
    da: "En bølge nævner et lokationsnummer, der ikke er med i skiftet eller allerede er i en anden bølge.",
    en: "A wave names a location number that is not part of the switch, or is in another wave already.",
  },
  "endpoint-of-another": {
    da: "Endepunktet er ikke den nye leverandørs eller er lukket.",
    en: "The endpoint is not the new vendor's, or is closed.",
  },
  "deliveries-failed": {
    da: "For mange afleveringer til de nye endepunkter mislykkedes.",
    en: "Too many deliveries to the new endpoints failed.",
  },
} as const satisfies Record<string, Words>;
