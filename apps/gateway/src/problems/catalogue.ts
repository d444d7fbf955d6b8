import type { ErrorCode } from "@sor/core";
import { ofEndpoints } from "./catalogue-of-endpoints.ts";
import { ofSteering } from "./catalogue-of-steering.ts";

type Words = { da: string; en: string };
type Entry = { status: number; title: Words; about: Words };

const fromCore = {
  "not-found": {
    status: 404,
    title: { da: "Findes ikke", en: "Not found" },
    about: { da: "Der findes intet på adressen.", en: "There is nothing at this address." },
  },
  "not-allowed": {
    status: 403,
    title: { da: "Ikke tilladt", en: "Not allowed" },
    about: {
      da: "Nøglen er gyldig, men har ikke ret til dette. Spørg den, der har udstedt den.",
      en: "The key is valid but has no right to this. Ask whoever issued it.",
    },
  },
  "not-signed-in": {
    status: 401,
    title: { da: "API-nøgle mangler eller er ugyldig", en: "API key missing or not valid" },
    about: {
      da: "Send en gyldig nøgle: Authorization: Bearer <nøgle>. Nøgler udstedes i portalen.",
      en: "Send a valid key: Authorization: Bearer <key>. Keys are issued in the portal.",
    },
  },
  conflict: {
    status: 409,
    title: { da: "Strider mod det registrerede", en: "Conflicts with what is registered" },
    about: {
      da: "Ændringen strider mod noget, der allerede findes.",
      en: "The change collides with something that exists already.",
    },
  },
  invalid: {
    status: 400,
    title: { da: "Ugyldig forespørgsel", en: "Invalid request" },
    about: {
      da: "Feltet errors peger på hvert sted, der ikke kan bruges.",
      en: "The field errors points at every place that cannot be used.",
    },
  },
  gone: {
    status: 410,
    title: { da: "Findes ikke længere", en: "No longer there" },
    about: { da: "Det har været her, men er fjernet.", en: "It was here but has been removed." },
  },
  "too-many": {
    status: 429,
    title: { da: "For mange forespørgsler", en: "Too many requests" },
    about: {
      da: "Vent så mange sekunder, som Retry-After siger. Grænsen står i RateLimit-Policy.",
      en: "Wait as many seconds as Retry-After says. The limit is in RateLimit-Policy.",
    },
  },
  "too-large": {
    status: 413,
    title: { da: "For stort", en: "Too large" },
    about: {
      da: "Indholdet er større end tilladt på denne adresse.",
      en: "The content is larger than this address takes.",
    },
  },
  unavailable: {
    status: 503,
    title: { da: "Ikke tilgængelig lige nu", en: "Not available right now" },
    about: {
      da: "Noget, som svaret afhænger af, kan ikke nås. Prøv igen om lidt.",
      en: "Something the answer depends on cannot be reached. Try again shortly.",
    },
  },
} satisfies Record<ErrorCode, Entry>;

const ofTransport = {
  malformed: {
    status: 400,
    title: { da: "Kan ikke læses", en: "Cannot be read" },
    about: {
      da: "Adressen eller indholdet er ikke gyldig UTF-8, procentkodning eller JSON.",
      en: "The address or content is not valid UTF-8, percent-encoding or JSON.",
    },
  },
  "method-not-allowed": {
    status: 405,
    title: { da: "Metoden findes ikke her", en: "No such method here" },
    about: { da: "Allow siger, hvad adressen kan.", en: "Allow says what the address takes." },
  },
  "unsupported-media-type": {
    status: 415,
    title: { da: "Ukendt indholdstype", en: "Unsupported media type" },
    about: {
      da: "Content-Type er ikke en af dem, adressen tager imod.",
      en: "Content-Type is none of those that this address takes.",
    },
  },
  "headers-too-large": {
    status: 431,
    title: { da: "Headere er for lange", en: "Headers too large" },
    about: {
      da: "Adresse og headere må tilsammen fylde 16 kB.",
      en: "Address and headers may take 16 kB together.",
    },
  },
  "too-slow": {
    status: 408,
    title: { da: "Forespørgslen kom for langsomt", en: "The request came too slowly" },
    about: {
      da: "Headere skal være kommet på 10 sekunder, og indholdet må højst stå stille i 10 sekunder og skal i øvrigt komme med mindst 50 kB i sekundet, hvis ikke andet er aftalt.",
      en: "Headers have to come within 10 seconds; content may stand still for 10 seconds at most and has to come at 50 kB a second at least, unless agreed otherwise.",
    },
  },
  internal: {
    status: 500,
    title: { da: "Fejl hos os", en: "An error on our side" },
    about: {
      da: "Oplys requestId, når du henvender dig.",
      en: "Quote requestId when you contact us.",
    },
  },
} satisfies Record<string, Entry>;

const ofRouting = {
  "gln-invalid": {
    status: 400,
    title: { da: "Ugyldigt lokationsnummer", en: "Invalid location number" },
    about: {
      da: "Lokationsnummeret har ikke 13 cifre, eller det er ukendt og har forkert kontrolciffer.",
      en: "The location number does not have 13 digits, or it is unknown and its check digit is wrong.",
    },
  },
  "gln-unknown": {
    status: 404,
    title: { da: "Ukendt lokationsnummer", en: "Unknown location number" },
    about: {
      da: "Lokationsnummeret er rigtigt dannet, men ikke registreret.",
      en: "The location number is well formed but not registered.",
    },
  },
  "gln-closed": {
    status: 410,
    title: { da: "Lokationsnummeret er lukket", en: "The location number is closed" },
    about: {
      da: "Lokationsnummeret er nedlagt. successor nævner afløseren, hvor den er kendt.",
      en: "The location number has been closed. successor names who took over, where known.",
    },
  },
  "gln-withdrawn": {
    status: 410,
    title: {
      da: "Lokationsnummeret var registreret ved en fejl",
      en: "The location number was registered in error",
    },
    about: {
      da: "Enheden, der havde lokationsnummeret, skulle aldrig have været registreret: se /v1/withdrawals. successor nævner den rigtige, hvor den er kendt.",
      en: "The unit that had the location number should never have been registered: see /v1/withdrawals. successor names the right one, where known.",
    },
  },
  "gln-inactive": {
    status: 404,
    title: { da: "Lokationsnummeret er ikke aktivt", en: "The location number is not active" },
    about: {
      da: "Lokationsnummeret er registreret som ikke aktivt og modtager ikke meddelelser.",
      en: "The location number is registered as not active and receives no messages.",
    },
  },
  "type-not-supported": {
    status: 404,
    title: { da: "Modtager ikke denne meddelelsestype", en: "Does not receive this message type" },
    about: {
      da: "Lokationsnummeret modtager ikke typen. alternatives nævner det nærmeste, det modtager.",
      en: "The location number does not receive the type. alternatives names the nearest it does receive.",
    },
  },
  "version-not-supported": {
    status: 404,
    title: { da: "Modtager ikke denne version", en: "Does not receive this version" },
    about: {
      da: "Typen modtages, men i andre versioner: se supportedVersions.",
      en: "The type is received, but in other versions: see supportedVersions.",
    },
  },
  "not-yet-valid": {
    status: 404,
    title: { da: "Gælder ikke endnu", en: "Not valid yet" },
    about: { da: "validFrom siger, hvornår det gælder.", en: "validFrom says when it begins to hold." },
  },
  "identifier-unknown": {
    status: 404,
    title: { da: "Ingen enhed har dette nummer", en: "No unit has this identifier" },
    about: {
      da: "Nummeret er rigtigt dannet, men ingen enhed i registret har det på det tidspunkt.",
      en: "The identifier is well formed, but no unit in the register has it at that time.",
    },
  },
  "unit-without-gln": {
    status: 404,
    title: { da: "Enheden har intet lokationsnummer", en: "The unit has no location number" },
    about: {
      da: "Enheden har hverken et eget eller et nedarvet lokationsnummer.",
      en: "The unit has neither a location number of its own nor an inherited one.",
    },
  },
  ambiguous: {
    status: 409,
    title: { da: "Flere enheder passer", en: "Several units fit" },
    about: {
      da: "Nummeret fører til flere lokationsnumre; vælg et af candidates og spørg på det.",
      en: "The identifier leads to several location numbers; choose one of candidates and ask for it.",
    },
  },
} satisfies Record<string, Entry>;

const ofMessages = {
  "envelope-unreadable": {
    status: 400,
    title: { da: "Kuverten kan ikke læses", en: "The envelope cannot be read" },
    about: {
      da: "Afsender, modtager og kuvert-id kan ikke udledes af indholdet; intet er gemt. errors viser stedet.",
      en: "Sender, receiver and envelope id cannot be told from the content; nothing is stored. errors shows the place.",
    },
  },
  "envelope-reused": {
    status: 409,
    title: { da: "Kuvert-id er brugt før", en: "The envelope id was used before" },
    about: {
      da: "En kuvert med samme id er modtaget før med et andet brev. Et kuvert-id må aldrig genbruges.",
      en: "An envelope with this id came before with another message. An envelope id may never be used again.",
    },
  },
  "idempotency-key-in-flight": {
    status: 409,
    title: { da: "Forespørgslen er ved at blive besvaret", en: "The request is being answered" },
    about: {
      da: "En forespørgsel med samme Idempotency-Key er i gang. Prøv igen om lidt.",
      en: "A request with the same Idempotency-Key is under way. Try again shortly.",
    },
  },
  "idempotency-key-reused": {
    status: 422,
    title: {
      da: "Idempotency-Key er brugt til noget andet",
      en: "Idempotency-Key was used for something else",
    },
    about: {
      da: "Nøglen er brugt før med et andet indhold.",
      en: "The key was used before with another content.",
    },
  },
  "digest-mismatch": {
    status: 400,
    title: { da: "Content-Digest passer ikke", en: "Content-Digest does not match" },
    about: {
      da: "Indholdet er ikke det, som Content-Digest angiver. Send det igen.",
      en: "The content is not what Content-Digest says. Send it again.",
    },
  },
  "wrong-state": {
    status: 409,
    title: { da: "Tilstanden tillader det ikke", en: "The state does not allow it" },
    about: {
      da: "Det kan ikke gøres i den tilstand, meddelelsen er i: se state.",
      en: "It cannot be done in the state that the message is in: see state.",
    },
  },
} satisfies Record<string, Entry>;

const ofRegistering = {
  "precondition-required": {
    status: 428,
    title: { da: "If-Match mangler", en: "If-Match is missing" },
    about: {
      da: "Hent først det, der skal rettes, og send dets ETag som If-Match.",
      en: "Fetch first what is to be changed, and send its ETag as If-Match.",
    },
  },
  "precondition-failed": {
    status: 412,
    title: { da: "Ændret af en anden imens", en: "Changed by somebody else meanwhile" },
    about: {
      da: "If-Match passer ikke længere. Hent igen, og ret i det nye.",
      en: "If-Match no longer fits. Fetch again, and change what is new.",
    },
  },
} satisfies Record<string, Entry>;

/** Every kind of problem that the gateway can answer, with its status and texts. */
export const problems = {
  ...fromCore,
  ...ofTransport,
  ...ofRouting,
  ...ofMessages,
  ...ofSteering,
  ...ofRegistering,
  ...ofEndpoints,
};
export type ProblemCode = keyof typeof problems;
