import type { Words } from "./words.ts";

/** In words: what core says of endpoints, systems, suppliers and the service status. */
export const ofEndpoints = {
  "no-such-endpoint": { da: "Endepunktet findes ikke.", en: "There is no such endpoint." },
  "no-right-to-endpoints": {
    da: "Nøglen har ikke ret til at se endepunkter.",
    en: "You do not have the right to see endpoints.",
  },
  "endpoint-closed": { da: "Endepunktet er lukket.", en: "The endpoint is closed." },
  "mailbox-address": { da: "En postkasse har ingen adresse.", en: "A mailbox has no address." },
  "folder-path-unusable": { da: "Mappens sti kan ikke bruges.", en: "The folder's path cannot be used." },
  "webhook-without-address": { da: "En webhook skal have en adresse.", en: "A webhook needs an address." },
  "webhook-address-unusable": {
    da: "Webhookens adresse kan ikke bruges.",
    en: "The webhook's address cannot be used.",
  },
  "system-of-another": { da: "Systemet er ikke leverandørens.", en: "The system is not the supplier's." },
  "endpoint-changed": {
    da: "En anden har rettet endepunktet imens.",
    en: "Somebody else has changed this endpoint.",
  },
  "pause-reversed": { da: "En pause slutter, efter at den begynder.", en: "A pause ends after it begins." },
  "no-signing-secret": {
    da: "Kun en webhook har en signeringshemmelighed.",
    en: "Only a webhook has a signing secret.",
  },
  "too-many-secrets": {
    da: "Der overlapper så mange signeringshemmeligheder, som der må: vent, til en slutter.",
    en: "As many signing secrets overlap as may: wait until one ends.",
  },
  "endpoint-in-use": {
    da: "Lokationsnumre modtager stadig ved endepunktet: sig, hvor de skal hen.",
    en: "Location numbers still receive at this endpoint: say where they go.",
  },
  "not-taking-over": {
    da: "Det, der tager over, skal være et andet åbent endepunkt hos samme leverandør.",
    en: "What takes over is another open endpoint of the same supplier.",
  },
  "too-many-to-move": {
    da: "Der er for mange lokationsnumre til at flytte på én gang.",
    en: "Too many location numbers to move at once.",
  },
  "location-busy": {
    da: "Nogen er ved at rette et af lokationsnumrene. Prøv igen.",
    en: "Somebody is changing one of the location numbers. Try again.",
  },
  "location-of-another": {
    da: "Et lokationsnummer, der modtager her, er ikke jeres at rette.",
    en: "A location number that is received here is not yours to change.",
  },
  "not-a-folder": { da: "Endepunktet er ikke en mappe.", en: "The endpoint is not a folder." },
  "folder-needs-gateway": {
    da: "Kun en gateway kan afprøve en mappe: bestil afprøvningen.",
    en: "Only a gateway can try a folder: order the test.",
  },
  "tested-just-now": {
    da: "Endepunktet blev afprøvet for et øjeblik siden.",
    en: "The endpoint was tested a moment ago.",
  },
  "no-such-system": { da: "Systemet findes ikke.", en: "There is no such system." },
  "system-changed": {
    da: "En anden har rettet systemet imens.",
    en: "Somebody else has changed this system.",
  },
  "name-taken": {
    da: "Leverandøren har en anden med det navn.",
    en: "The supplier has another one of this name.",
  },
  "no-such-supplier": { da: "Leverandøren findes ikke.", en: "There is no such supplier." },
  "approval-unusable": { da: "Godkendelsen kan ikke stå sådan.", en: "An approval cannot stand so." },
} as const satisfies Record<string, Words>;
