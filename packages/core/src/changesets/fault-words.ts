/**
 * Every rule that an edit of the register can violate: its code with a Danish and an English sentence. `isOurs` marks the rules
 * that are not the authority's.
 */
export const faultWords = {
  "attribute-wrong-level": {
    da: "Oplysningen hører ikke til på enhedens niveau.",
    en: "The attribute does not belong on the unit's level.",
  },
  "own-and-inherited": {
    da: "En enhed har sit eget lokationsnummer eller nedarver et, ikke begge dele.",
    en: "A unit has its own location number or inherits one, not both.",
  },
  "owner-inherits": {
    da: "En institutionsejer har ingen at nedarve et lokationsnummer fra.",
    en: "An institution owner has nobody to inherit a location number from.",
  },
  "owner-has-parent": {
    da: "En institutionsejer har ingen overordnet enhed.",
    en: "An institution owner has no parent.",
  },
  "parent-missing": {
    da: "Enheden skal have en overordnet enhed. Kun en institutionsejer står uden.",
    en: "The unit needs a parent. Only an institution owner stands without one.",
  },
  "parent-unknown": { da: "Den overordnede enhed er ikke registreret.", en: "The parent is not registered." },
  "parent-wrong-level": {
    da: "Den overordnede enhed er på et forkert niveau.",
    en: "The parent is on the wrong level.",
  },
  "parent-not-valid": {
    da: "Den overordnede enhed gælder ikke i hele perioden.",
    en: "The parent does not hold in the whole period.",
  },
  circle: { da: "Enheden ville stå under sig selv.", en: "The unit would stand below itself." },
  "gln-unknown": {
    da: "Lokationsnummeret er ikke registreret.",
    en: "The location number is not registered.",
  },
  "code-unknown": { da: "Koden findes ikke i kodelisten.", en: "The code is not in the code list." },
  "code-expired": {
    da: "Koden er udgået og kan ikke bruges for noget nyt.",
    en: "The code has expired and cannot be used for anything new.",
  },
  "shak-unknown": {
    da: "SHAK-koden findes ikke i klassifikationen på den dag.",
    en: "The SHAK code is not in the classification on that day.",
  },
  "shak-length": {
    da: "SHAK-koden har ikke den længde, der hører til enhedens niveau: 4 cifre for en institution, 6 eller 7 for en enhed.",
    en: "The SHAK code has not the length of the unit's level: 4 characters for an institution, 6 or 7 for a unit.",
  },
  "indicators-missing": {
    da: "En sygehusenhed skal have svar på alle tre indikatorer: ambulant aktivitet, indlæggelse og indberetning.",
    en: "A hospital unit needs an answer to all three indicators: outpatient activity, admission and reporting.",
  },
  "unit-taken": { da: "SOR-id'et er i brug.", en: "The SOR id is taken." },
  "unit-unknown": { da: "Enheden findes ikke.", en: "There is no such unit." },
  reversed: { da: "Perioden slutter, før den begynder.", en: "The validity ends before it begins." },
  "not-valid-then": {
    da: "Enheden gælder ikke i den periode.",
    en: "The unit does not hold in that period.",
  },
  "before-opening": {
    da: "Det begynder først den dag eller senere.",
    en: "It opens on that day or later.",
  },
  "units-below": {
    da: "Der er enheder under den, som gælder længere.",
    en: "Units below it hold longer.",
  },
  "registrations-beyond": {
    da: "Der modtages eller sendes meddelelser efter den dag. Lad registreringerne ophøre, eller flyt dem i samme ændringssæt.",
    en: "Messages are received or sent after that day. End the registrations or move them in the same change set.",
  },
  "successor-missing": {
    da: "Angiv, hvem der overtager, eller at ingen gør.",
    en: "Name the successor, or say that there is none.",
  },
  "successor-unknown": { da: "En efterfølger er ikke registreret.", en: "A successor is not registered." },
  "successor-closed": {
    da: "En efterfølger gælder ikke på lukkedagen.",
    en: "A successor does not hold on the day of closing.",
  },
  "successor-circle": {
    da: "En enhed ville overtage efter sig selv.",
    en: "A unit would take over after itself.",
  },
  "location-unknown": {
    da: "Lokationsnummeret er ikke registreret.",
    en: "The location number is not registered.",
  },
  "location-taken": {
    da: "Lokationsnummeret er registreret i forvejen og kan ikke gives igen.",
    en: "The location number is registered already and is never given twice.",
  },
  "location-data-missing": {
    da: "Et nyt lokationsnummer skal have system, leverandør, netoperatør, region og EDI-administrator.",
    en: "A new location number needs system, supplier, network operator, region and EDI administrator.",
  },
  "system-foreign": { da: "Systemet er ikke leverandørens.", en: "The system is not the supplier's." },
  "own-successor": {
    da: "Et lokationsnummer efterfølger ikke sig selv.",
    en: "A location number does not succeed itself.",
  },
  "registration-problem": {
    da: "Registreringen kan ikke gemmes, som den er.",
    en: "The registration cannot be saved as it is.",
  },
  "registration-unknown": {
    da: "Lokationsnummeret har ikke den registrering.",
    en: "The location number has no such registration.",
  },
  "changed-since": {
    da: "Det er ændret, siden forfatteren så det.",
    en: "It was changed since its author saw it.",
  },
  "not-allowed": { da: "Du har ikke ret til den ændring.", en: "You do not have the right to this change." },
  "gln-not-yours": {
    da: "Du har ikke ret til at rette lokationsnummeret.",
    en: "You do not have the right to edit the location number.",
  },
  gap: { da: "Der er et hul, hvor intet gælder.", en: "There is a gap in which nothing holds." },
  "messages-waiting": {
    da: "Der venter meddelelser til lokationsnummeret.",
    en: "Messages to the location number are waiting.",
  },
} as const satisfies Record<string, { da: string; en: string }>;
export type RegisterFault = keyof typeof faultWords;
