import type { Language } from "../app-env.ts";

/**
 * In Danish, what core and the schemas say in English when they refuse something (`DomainError.message`, custom messages of
 * schemas, registrationProblemOf). What is not here is told in Danish by its kind of problem.
 */
export const danishDetails: Readonly<Record<string, string>> = {
  "Sign in first.": "Send en gyldig nøgle.",
  "You do not have the right to do this.": "Nøglen har ikke ret til dette.",
  "You do not have the right to see messages.": "Nøglen har ikke ret til at se meddelelser.",
  "You do not have the right to see alerts.": "Nøglen har ikke ret til at se alarmer.",
  "The change collides with what is registered.": "Ændringen strider mod det, der er registreret.",
  "Too many confirmations have been sent; try again tomorrow.":
    "Der er sendt for mange bekræftelser; prøv igen i morgen.",
  "The cursor is not one of ours.": "Markøren (after) er ikke en, gatewayen har givet.",
  "The cursor belongs to another list or filter: send the same again, or follow Link.":
    "Markøren (after) hører til en anden liste eller et andet filter: send det samme igen, eller følg Link.",
  "The cursor belongs to another search: send the same again.":
    "Markøren (after) hører til en anden søgning: send det samme igen.",
  "A request with this key is being answered.":
    "En forespørgsel med samme Idempotency-Key er ved at blive besvaret.",
  "The key was used for another request.": "Idempotency-Key er brugt til en anden forespørgsel.",

  "The content is in none of the forms that are taken.": "Indholdet er i ingen af de former, der tages imod.",
  "No envelope can be read.": "Der kan ikke læses nogen kuvert i indholdet.",
  "There is more than one envelope; send them one by one.":
    "Der er mere end én kuvert; send dem en ad gangen.",
  "The envelope lacks its sender, receiver or id.": "Kuverten mangler sin afsender, modtager eller sit id.",
  "The envelope holds no message.": "Der er ingen meddelelse i kuverten.",
  "The messages are for too many parties; send them in several envelopes.":
    "Meddelelserne har for mange forskellige parter; send dem i flere kuverter.",
  "The envelope is at fault and its messages have different parties.":
    "Der er fejl i kuverten, og dens meddelelser har forskellige parter.",
  "The envelope id has been used for another delivery.": "Kuvert-id er brugt til en anden forsendelse.",
  "The first delivery is no longer kept.": "Den første forsendelse er ikke gemt længere.",
  "There is no such message.": "Meddelelsen findes ikke.",
  "There is no such interchange.": "Kuverten findes ikke.",
  "There is no such delivery in this mailbox.": "Forsendelsen findes ikke i denne postkasse.",
  "There is no such job.": "Opgaven findes ikke.",
  "This is no personal number.": "Det er ikke et personnummer.",
  "The content is no longer kept.": "Indholdet er ikke gemt længere.",
  "The message's state does not allow it: see state.": "Meddelelsens tilstand tillader det ikke: se state.",
  "Nobody has asked for its release.": "Ingen har bedt om, at den frigives.",
  "Its envelope id cannot be made anew.": "Kuverten kan ikke få et nyt id.",
  "More messages meet this than are sent again at once.":
    "Så mange meddelelser kan ikke genfremsendes på én gang.",
  "None of them can be sent again.": "Ingen af dem kan genfremsendes.",
  "Wait for those under way.": "Vent på dem, der er i gang.",
  "Whoever asked may not sign in any more.": "Den, der bad om det, har ikke adgang længere.",
  "It waits for its endpoint to resume.": "Den venter på, at dens endepunkt genoptages.",
  "Its release takes two persons.": "Frigivelsen kræver to personer.",
  "Its release takes two persons, and a key is none.":
    "Frigivelsen kræver to personer, og en nøgle er ikke en person.",
  "Another person must release it.": "En anden person skal frigive den.",
  "The two accounts may be one person's.": "De to konti kan tilhøre samme person.",
  "The other side holds the message back and releases it.":
    "Den anden side holder meddelelsen tilbage og frigiver den.",
  "The receiver does not receive it now.": "Modtageren modtager den ikke nu.",
  "The receiver does not take it there now.": "Modtageren modtager den ikke dér nu.",

  "There is no such endpoint.": "Endepunktet findes ikke.",
  "Endpoints are shown to their own supplier only.": "Endepunkter vises kun for deres egen leverandør.",
  "The endpoint is closed.": "Endepunktet er lukket.",
  "A mailbox has no address.": "En postkasse har ingen adresse.",
  "The folder's path cannot be used.": "Mappens sti kan ikke bruges.",
  "A webhook needs an address.": "En webhook skal have en adresse.",
  "The webhook's address cannot be used.": "Webhookens adresse kan ikke bruges.",
  "The system is not the supplier's.": "Systemet er ikke leverandørens.",
  "Somebody else has changed this endpoint.": "En anden har rettet endepunktet imens.",
  "A pause ends after it begins.": "En pause slutter, efter at den begynder.",
  "Only a webhook has a signing secret.": "Kun en webhook har en signeringshemmelighed.",
  "Location numbers still receive at this endpoint: say where they go.":
    "Lokationsnumre modtager stadig ved endepunktet: sig, hvor de skal hen.",
  "What takes over is another open endpoint of the same supplier.":
    "Det, der tager over, skal være et andet åbent endepunkt hos samme leverandør.",
  "Too many location numbers to move at once.": "Der er for mange lokationsnumre til at flytte på én gang.",
  "Somebody is changing one of the location numbers. Try again.":
    "Nogen er ved at rette et af lokationsnumrene. Prøv igen.",
  "A location number that is received here is not yours to change.":
    "Et lokationsnummer, der modtager her, er ikke jeres at rette.",
  "The endpoint is not a folder.": "Endepunktet er ikke en mappe.",
  "Only a gateway can try a folder: order the test.":
    "Kun en gateway kan afprøve en mappe: bestil afprøvningen.",
  "The endpoint was tested a moment ago.": "Endepunktet blev afprøvet for et øjeblik siden.",
  "There is no such system.": "Systemet findes ikke.",
  "Somebody else has changed this system.": "En anden har rettet systemet imens.",
  "The supplier has another one of this name.": "Leverandøren har en anden med det navn.",
  "There is no such supplier.": "Leverandøren findes ikke.",

  "There is no such alert.": "Alarmen findes ikke.",
  "There is no such receiver of alerts.": "Modtageren af alarmer findes ikke.",
  "The endpoints are not the supplier's.": "Endepunkterne er ikke leverandørens.",
  "The address cannot be used.": "Adressen kan ikke bruges.",
  "There is already a receiver with this address.": "Der er allerede en modtager med den adresse.",
  "There are already as many receivers of alerts as there may be.":
    "Der er allerede så mange modtagere af alarmer, som der må være.",
  "Somebody else has changed this receiver.": "En anden har rettet modtageren imens.",
  "The receiver is not active.": "Modtageren er ikke aktiv.",
  "The code is not the one that was sent, or no longer good.":
    "Koden er ikke den, der blev sendt, eller den gælder ikke længere.",

  "The location number is not registered.": "Lokationsnummeret er ikke registreret.",
  "Somebody else has changed this location number.": "En anden har rettet lokationsnummeret imens.",
  "Somebody else has changed what the location number receives.":
    "En anden har imens rettet, hvad lokationsnummeret modtager.",
  "The registrations cannot be saved as they are.": "Registreringerne kan ikke gemmes, som de er.",
  "A registration ends now or later.": "En registrering slutter nu eller senere.",
  "The location number has no such registration.": "Lokationsnummeret har ikke den registrering.",
  "The unit has closed.": "Enheden er lukket.",
  "There is no such unit on that day.": "Enheden findes ikke den dag.",
  "There is no such unit.": "Enheden findes ikke.",
  "There is no such SHAK code.": "SHAK-koden findes ikke.",

  "no such message type in this version": "der er ingen meddelelsestype i denne version",
  "not a type that a location number receives or sends":
    "ikke en type, som et lokationsnummer modtager eller sender",
  "what is received needs an endpoint": "det, der modtages, skal have et endepunkt",
  "no such endpoint": "endepunktet findes ikke",
  "not an endpoint of the location number's supplier": "ikke et endepunkt hos lokationsnummerets leverandør",
  "the endpoint is closed": "endepunktet er lukket",
  "the endpoint is paused": "endepunktet er på pause",
  "the location number has closed by then": "lokationsnummeret er lukket til den tid",
  "ends before it begins": "slutter, før det begynder",
  "ends before now": "slutter før nu",
  "the same type and version twice at the same time": "samme type og version to gange på samme tid",
  "the version is superseded": "versionen er afløst",
  "the location number does not receive the receipts of this type":
    "lokationsnummeret modtager ikke typens kvitteringer",
  "begins now: what has been is not rewritten": "begynder nu: det, der har været, skrives ikke om",
  "keeps the start that it has: what has been is not rewritten":
    "beholder den første dag, den har: det, der har været, skrives ikke om",
  "what is received or sent now would stop and begin again later; allowGaps says that it may":
    "det, der modtages eller sendes nu, ville stoppe og begynde igen senere; allowGaps siger, at det må det",

  "not the format of this type and version": "ikke formatet for denne type og version",
  "a whole number, written in digits": "et helt tal, skrevet med cifre",
  "an instant looks like 2026-03-01T10:00:00Z": "skal være et tidspunkt som 2026-03-01T10:00:00Z",
  "a day looks like 2026-03-01": "skal være en dato som 2026-03-01",
  "there is no such day": "den dag findes ikke",
  "there is no such time of day": "det klokkeslæt findes ikke",
  "a code or a URN": "en kode eller en URN",
  "a version code": "en versionskode",
  "a version code has 1 to 20 letters, digits, dots and dashes":
    "en versionskode har 1 til 20 bogstaver, cifre, punktummer og bindestreger",
  "a location number has 13 digits": "et lokationsnummer har 13 cifre",
  "a CVR number has 8 digits": "et CVR-nummer har 8 cifre",
  "a P number has 10 digits and begins with 1": "et P-nummer har 10 cifre og begynder med 1",
  "a provider number has 1 to 9 digits": "et ydernummer har 1 til 9 cifre",
  "a SOR id has 6 to 18 digits": "en SOR-kode har 6 til 18 cifre",
  "a region code has 4 digits": "en regionskode har 4 cifre",
  "a municipality code has 3 or 4 digits": "en kommunekode har 3 eller 4 cifre",
  "a postal code has 4 digits": "et postnummer har 4 cifre",
  "1 to 255 printable ASCII characters without blanks": "1 til 255 synlige ASCII-tegn uden mellemrum",
  "control characters are not allowed": "styretegn er ikke tilladt",
  "either keys, or a patientId alone": "enten keys eller et patientId alene",
  "a positive receipt carries no reason": "en positiv kvittering har ingen begrundelse",
  "a negative receipt says why: reason, text or both":
    "en negativ kvittering siger hvorfor: reason, text eller begge",
  "The sender has been told so, in other words.": "Afsenderen har fået det at vide med andre ord.",
  "at least one condition": "mindst én betingelse",
  "a year from 1 to 9999": "et år fra 1 til 9999",
  "days or hours, as P7D or PT24H": "dage eller timer, som P7D eller PT24H",
  "more than nothing, at most 31 days": "mere end ingenting, højst 31 dage",
  "quiet hours have a beginning and an end": "stille timer har en begyndelse og en slutning",
  "quiet hours end at another time than they begin":
    "stille timer slutter på et andet tidspunkt, end de begynder",
  "a clock time looks like 22:00": "et klokkeslæt ser ud som 22:00",
  "mail and webhook have an address, a feed has none": "mail og webhook har en adresse, et feed har ingen",
  "not a mail address": "ikke en mailadresse",
  "the code has ten letters and digits": "koden har ti bogstaver og cifre",
  "a content type looks like application/xml": "en indholdstype ser ud som application/xml",
  "The feed does not go on after this offset.": "Feedet fortsætter ikke efter dette sted.",
  "the longest wait is not shorter than the first": "den længste ventetid er ikke kortere end den første",
};

/** A text of ours in the language asked for; undefined where there is none in Danish. */
export function detailIn(language: Language, text: string): string | undefined {
  return language === "en" ? text : danishDetails[text];
}
