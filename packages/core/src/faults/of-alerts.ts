import type { Words } from "./words.ts";

/** In words: what core says of alerts and their receivers. */
export const ofAlerts = {
  "no-right-to-alerts": {
    da: "Nøglen har ikke ret til at se alarmer.",
    en: "You do not have the right to see alerts.",
  },
  "too-many-confirmations": {
    da: "Der er sendt for mange bekræftelser; prøv igen i morgen.",
    en: "Too many confirmations have been sent; try again tomorrow.",
  },
  "no-such-alert": { da: "Alarmen findes ikke.", en: "There is no such alert." },
  "no-such-alert-receiver": {
    da: "Modtageren af alarmer findes ikke.",
    en: "There is no such receiver of alerts.",
  },
  "endpoints-of-others": {
    da: "Endepunkterne er ikke leverandørens.",
    en: "The endpoints are not the supplier's.",
  },
  "address-unusable": { da: "Adressen kan ikke bruges.", en: "The address cannot be used." },
  "too-many-alert-receivers": {
    da: "Der er allerede så mange modtagere af alarmer, som der må være.",
    en: "There are already as many receivers of alerts as there may be.",
  },
  "alert-receiver-changed": {
    da: "En anden har rettet modtageren imens.",
    en: "Somebody else has changed this receiver.",
  },
  "no-such-subscription": {
    da: "Abonnementet på ændringer findes ikke.",
    en: "There is no such subscription to changes.",
  },
  "too-many-change-subscriptions": {
    da: "Der er allerede så mange abonnementer på ændringer, som der må være.",
    en: "There are already as many subscriptions to changes as there may be.",
  },
  "subscription-changed": {
    da: "Abonnementet er ændret i mellemtiden. Hent det igen.",
    en: "The subscription was changed meanwhile. Get it again.",
  },
  "alert-receiver-not-active": { da: "Modtageren er ikke aktiv.", en: "The receiver is not active." },
  "wrong-confirmation-code": {
    da: "Koden er ikke den, der blev sendt, eller den gælder ikke længere.",
    en: "The code is not the one that was sent, or no longer good.",
  },
  "receiver-exists": {
    da: "Der er allerede en modtager med den adresse.",
    en: "There is already a receiver with this address.",
  },
} as const satisfies Record<string, Words>;
