import type { Words } from "./words.ts";

/** In words: what schemas say of a value; without a final stop, as a place stands before it. */
export const ofSchemas = {
  "not-the-format": {
    da: "ikke formatet for denne type og version",
    en: "not the format of this type and version",
  },
  "whole-number": { da: "et helt tal, skrevet med cifre", en: "a whole number, written in digits" },
  "instant-form": {
    da: "skal være et tidspunkt som 2026-03-01T10:00:00Z",
    en: "an instant looks like 2026-03-01T10:00:00Z",
  },
  "day-form": { da: "skal være en dato som 2026-03-01", en: "a day looks like 2026-03-01" },
  "unknown-day": { da: "den dag findes ikke", en: "there is no such day" },
  "unknown-time": { da: "det klokkeslæt findes ikke", en: "there is no such time of day" },
  "year-range": { da: "et år fra 1 til 9999", en: "a year from 1 to 9999" },
  "type-text-form": { da: "en kode eller en URN", en: "a code or a URN" },
  "version-text-form": { da: "en versionskode", en: "a version code" },
  "personal-number": {
    da: "det ligner et CPR-nummer: find patientens meddelelser under Mere, så nummeret ikke kommer i sidens adresse",
    en: "this looks like a personal number: find the patient's messages under More, so that it does not become part of the page's address",
  },
  "version-form": {
    da: "en versionskode har 1 til 20 bogstaver, cifre, punktummer og bindestreger",
    en: "a version code has 1 to 20 letters, digits, dots and dashes",
  },
  "type-form": {
    da: "en meddelelsestype har 2 til 40 bogstaver, cifre, punktummer og bindestreger",
    en: "a message type code has 2 to 40 letters, digits, dots and dashes",
  },
  "gln-digits": { da: "et lokationsnummer har 13 cifre", en: "a location number has 13 digits" },
  "check-digit": { da: "kontrolcifferet er forkert", en: "the check digit is wrong" },
  "cvr-digits": { da: "et CVR-nummer har 8 cifre", en: "a CVR number has 8 digits" },
  "p-number-digits": {
    da: "et P-nummer har 10 cifre og begynder med 1",
    en: "a P number has 10 digits and begins with 1",
  },
  "provider-digits": { da: "et ydernummer har 1 til 9 cifre", en: "a provider number has 1 to 9 digits" },
  "shak-characters": { da: "en SHAK-kode har 4, 6 eller 7 tegn", en: "a SHAK code has 4, 6 or 7 characters" },
  "sor-id-digits": { da: "en SOR-kode har 6 til 18 cifre", en: "a SOR id has 6 to 18 digits" },
  "classification-digits": {
    da: "en klassifikationskode har 3 til 18 cifre",
    en: "a classification code has 3 to 18 digits",
  },
  "region-digits": { da: "en regionskode har 4 cifre", en: "a region code has 4 digits" },
  "municipality-digits": {
    da: "en kommunekode har 3 eller 4 cifre",
    en: "a municipality code has 3 or 4 digits",
  },
  "only-open-units": {
    da: "kun enheder, der er åbne på dagen, kan samles efter lokationsnummer",
    en: "only units that are open on the day can be folded by location number",
  },
  "unknown-member": { da: "det felt findes ikke", en: "there is no such member" },
  "postal-digits": { da: "et postnummer har 4 cifre", en: "a postal code has 4 digits" },
  "printable-ascii": {
    da: "1 til 255 synlige ASCII-tegn uden mellemrum",
    en: "1 to 255 printable ASCII characters without blanks",
  },
  "control-characters": { da: "styretegn er ikke tilladt", en: "control characters are not allowed" },
  "keys-or-patient": { da: "enten keys eller et patientId alene", en: "either keys, or a patientId alone" },
  "positive-without-reason": {
    da: "en positiv kvittering har ingen begrundelse",
    en: "a positive receipt carries no reason",
  },
  "negative-with-reason": {
    da: "en negativ kvittering siger hvorfor: reason, text eller begge",
    en: "a negative receipt says why: reason, text or both",
  },
  "a-condition": { da: "mindst én betingelse", en: "at least one condition" },
  "duration-form": { da: "dage eller timer, som P7D eller PT24H", en: "days or hours, as P7D or PT24H" },
  "duration-range": { da: "mere end ingenting, højst 31 dage", en: "more than nothing, at most 31 days" },
  "quiet-hours-whole": {
    da: "stille timer har en begyndelse og en slutning",
    en: "quiet hours have a beginning and an end",
  },
  "quiet-hours-reversed": {
    da: "stille timer slutter på et andet tidspunkt, end de begynder",
    en: "quiet hours end at another time than they begin",
  },
  "municipality-code-form": {
    da: "en kommunekode er fire cifre, som 0851",
    en: "a municipality code is four digits, such as 0851",
  },
  "street-code-form": {
    da: "en vejkode er fire cifre, som 2277",
    en: "a street code is four digits, such as 2277",
  },
  "coordinate-form": {
    da: "en koordinat er meter med tre decimaler, som 6347032.450 mod nord og 557481.680 mod øst",
    en: "a coordinate is metres with three decimals, such as 6347032.450 north and 557481.680 east",
  },
  "coordinates-whole": {
    da: "angiv begge koordinater eller ingen",
    en: "give both coordinates or none",
  },
  "clock-form": { da: "et klokkeslæt ser ud som 22:00", en: "a clock time looks like 22:00" },
  "address-of-kind": {
    da: "mail og webhook har en adresse, et feed har ingen",
    en: "mail and webhook have an address, a feed has none",
  },
  "mail-address": { da: "ikke en mailadresse", en: "not a mail address" },
  "confirmation-code-form": {
    da: "koden har ti bogstaver og cifre",
    en: "the code has ten letters and digits",
  },
  "content-type-form": {
    da: "en indholdstype ser ud som application/xml",
    en: "a content type looks like application/xml",
  },
  "longest-wait": {
    da: "den længste ventetid er ikke kortere end den første",
    en: "the longest wait is not shorter than the first",
  },
  "hosts-form": {
    da: "værter er navne eller navn:port med mellemrum eller komma imellem",
    en: "hosts are names or name:port, with blanks or commas between",
  },
  "service-id-form": {
    da: "en tjenestes id er små bogstaver med bindestreger",
    en: "a service id is lower case with hyphens",
  },
  "username-form": {
    da: "3 til 40 bogstaver a-z, cifre, punktummer, bindestreger eller understreger",
    en: "3 to 40 letters a-z, digits, dots, hyphens or underscores",
  },
  "password-short": { da: "mindst 12 tegn", en: "at least 12 characters" },
  "password-long": { da: "højst 128 tegn", en: "at most 128 characters" },
  "link-cut": { da: "linket er ikke helt", en: "the link is not whole" },
  "six-digits": { da: "seks cifre", en: "six digits" },
  "emergency-code-form": { da: "to gange fem bogstaver eller cifre", en: "two times five letters or digits" },
  "role-scope": {
    da: "rollen kan ikke gives inden for dette område",
    en: "this role cannot be given within this scope",
  },
  "end-before-beginning": {
    da: "slutningen skal komme efter begyndelsen",
    en: "the end must come after the beginning",
  },
  "an-address-range": {
    da: "en adresse eller et adresseområde, fx 192.0.2.7 eller 10.20.0.0/16",
    en: "an address or a range of addresses, such as 192.0.2.7 or 10.20.0.0/16",
  },
  "a-scope": { da: "mindst ét område", en: "at least one scope" },
} as const satisfies Record<string, Words>;
