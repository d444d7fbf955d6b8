import type { Words } from "./words.ts";

/** In words: what core says of notices and the status of services. */
export const ofStatus = {
  "state-of-other-kind": {
    da: "Tilstanden hører ikke til denne slags driftsbesked.",
    en: "The state does not belong to this kind of notice.",
  },
  "service-state-changed": {
    da: "Tjenestens tilstand er ændret imens.",
    en: "The state of the service was changed meanwhile.",
  },
  "state-expired": {
    da: "Tilstanden ville allerede være udløbet.",
    en: "The state would have expired already.",
  },
  "text-corrected": { da: "Teksten er rettet imens.", en: "The text was corrected meanwhile." },
  "notice-updated": {
    da: "Driftsbeskeden har fået en anden opdatering imens.",
    en: "The notice got another update meanwhile.",
  },
  "notice-closed": { da: "Driftsbeskeden er lukket.", en: "The notice is closed." },
  "incident-without-priority": {
    da: "En hændelse skal have en prioritet.",
    en: "An incident must have a priority.",
  },
  "window-without-times": {
    da: "Et servicevindue skal have både start og slut.",
    en: "A window must have a start and an end.",
  },
  "window-over": { da: "Vinduet er allerede slut.", en: "The window is over already." },
  "end-before-start": {
    da: "Slutningen skal være efter begyndelsen.",
    en: "The end must be after the start.",
  },
  "confirmation-link-gone": {
    da: "Linket er for gammelt eller ukendt. Tilmeld adressen igen for at få et nyt.",
    en: "The link is too old or unknown. Sign up again to get a new one.",
  },
  "subscription-gone": {
    da: "Adressen er ikke tilmeldt mere, eller linket er for gammelt.",
    en: "The address is no longer subscribed, or the link is too old.",
  },
  "next-update-over": {
    da: "Næste opdatering er lovet til et tidspunkt, der er gået.",
    en: "The next update is promised for a time that has passed.",
  },
  "notice-published": {
    da: "Den er allerede offentliggjort, eller alarmen har allerede en driftsbesked.",
    en: "It is published already, or the alert has a notice already.",
  },
  "publish-time-over": {
    da: "Tidspunktet for offentliggørelse er gået.",
    en: "The time of publishing has passed.",
  },
  "draft-changed": { da: "Kladden er ændret imens.", en: "The draft was changed meanwhile." },
  "draft-incomplete": {
    da: "Felterne er ikke udfyldt, så den kan offentliggøres.",
    en: "Its fields do not make a notice that can be published.",
  },
  "no-such-draft": { da: "Kladden findes ikke mere.", en: "There is no such draft any more." },
  "no-such-template": { da: "Skabelonen findes ikke.", en: "There is no such template." },
  "template-name-taken": {
    da: "Der er allerede en skabelon med det navn.",
    en: "There is a template of that name already.",
  },
  "no-such-series": { da: "Det faste servicevindue findes ikke.", en: "There is no such recurring window." },
  "too-many-plans": {
    da: "Der er for mange. Slet dem, der ikke bruges mere.",
    en: "There are too many. Remove those that are no longer used.",
  },
  "clocks-equal": {
    da: "Start og slut må ikke være det samme klokkeslæt.",
    en: "Start and end must not be the same time.",
  },
  "choose-one": { da: "Vælg mindst en.", en: "Choose at least one." },
  "no-such-notice": { da: "Driftsbeskeden findes ikke.", en: "There is no such notice." },
  "no-such-service": { da: "Tjenesten findes ikke.", en: "There is no such service." },
  "no-such-update": { da: "Opdateringen findes ikke.", en: "There is no such update." },
} as const satisfies Record<string, Words>;
