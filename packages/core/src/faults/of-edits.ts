import type { Words } from "./words.ts";

/** In words: every rule that an edit of the register can violate, and what core says of change sets. */
export const ofEdits = {
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
    da: "En sygehusenhed skal have svar på alle tre indikatorer: ambulante kontakter, sengeafsnit og indberetningsniveau.",
    en: "A hospital unit needs an answer to all three indicators: outpatient activity, admission and reporting.",
  },
  reversed: { da: "Perioden slutter, før den begynder.", en: "The validity ends before it begins." },
  "registrations-beyond": {
    da: "Der modtages eller sendes meddelelser efter den dag. Lad registreringerne ophøre, eller flyt dem i samme ændringssæt.",
    en: "Messages are received or sent after that day. End the registrations or move them in the same change set.",
  },
  "successor-missing": {
    da: "Angiv, hvem der overtager, eller at ingen gør.",
    en: "Name the successor, or say that there is none.",
  },
  "successor-shares": {
    da: "Overtager flere enheder, kan ingen af dem overtage det hele.",
    en: "When several units take over, none of them can take over all.",
  },
  "withdrawal-reason-missing": {
    da: "Angiv, hvorfor enheden aldrig skulle have været registreret.",
    en: "Say why the unit should never have been registered.",
  },
  "successor-closed": {
    da: "En afløser gælder ikke på lukkedagen.",
    en: "A successor does not hold on the day of closing.",
  },
  "location-not-allocated": {
    da: "Lokationsnummeret er ikke tildelt. Få det tildelt først.",
    en: "The location number is not allocated. Have it allocated first.",
  },
  "location-data-missing": {
    da: "Et nyt lokationsnummer skal have system, leverandør, netoperatør, region og EDI-administrator.",
    en: "A new location number needs system, supplier, network operator, region and EDI administrator.",
  },
  "registration-problem": {
    da: "Registreringen kan ikke gemmes, som den er.",
    en: "The registration cannot be saved as it is.",
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
  "no-such-change-set": { da: "Ændringssættet findes ikke.", en: "There is no such change set." },
  "change-set-changed": {
    da: "En anden har rettet ændringssættet imens.",
    en: "Somebody else has changed this change set.",
  },
  "change-set-state": {
    da: "Ændringssættet er i en anden tilstand.",
    en: "The change set is in another state.",
  },
  "too-many-change-sets": {
    da: "Du har for mange åbne ændringssæt. Gennemfør nogle, eller træk dem tilbage.",
    en: "You have too many open change sets. Apply some, or withdraw them.",
  },
  "change-set-full": {
    da: "Et ændringssæt har højst 5.000 rettelser.",
    en: "A change set has at most 5,000 commands.",
  },
  "change-set-empty": { da: "Ændringssættet er tomt.", en: "The change set is empty." },
  "change-set-has-errors": {
    da: "Ændringssættet har fejl. Se forhåndsvisningen.",
    en: "The change set has errors. See its preview.",
  },
  "endings-not-confirmed": {
    da: "Ændringssættet lader meget ophøre. Skriv antallet for at bekræfte det.",
    en: "The change set ends many facts. Give their number to confirm it.",
  },
  "day-passed": {
    da: "Dagen er passeret. Giv rettelserne en ny dag, og send sættet til godkendelse igen.",
    en: "Its day has passed. Give its commands a new day and submit it again.",
  },
  "person-approves": {
    da: "En person godkender; en nøgle kan ikke.",
    en: "A person approves; a key cannot.",
  },
  "another-approves-set": {
    da: "En anden end forfatteren skal godkende.",
    en: "Somebody other than the author approves.",
  },
  "preview-changed": {
    da: "Sættet gør noget andet nu, end da det blev sendt til godkendelse. Send det igen.",
    en: "The set does something else now than when it was submitted. Submit it again.",
  },
  "not-approved": {
    da: "En regel kræver nu, at en anden godkender sættet. Send det til godkendelse igen.",
    en: "A rule now asks somebody else to approve the set. Submit it again.",
  },
  "rule-exists": { da: "Den regel er der allerede.", en: "There is such a rule already." },
  "no-such-rule": { da: "Reglen findes ikke.", en: "There is no such rule." },
  "another-ends-rule": {
    da: "En anden person skal bekræfte, at reglen ophører. Indtil da gælder den.",
    en: "Another person has to confirm that the rule ends. Until then it holds.",
  },
  "created-twice": {
    da: "Et andet åbent ændringssæt giver det samme nummer til noget andet.",
    en: "Another open change set gives the same number to something else.",
  },
  "closed-elsewhere": {
    da: "Et andet åbent ændringssæt lukker det, som rettes her.",
    en: "Another open change set closes what is changed here.",
  },
  "changed-elsewhere": {
    da: "Et andet åbent ændringssæt retter det, som lukkes her.",
    en: "Another open change set changes what is closed here.",
  },
  "too-many-remarks": {
    da: "Ændringssættet har for mange bemærkninger. Send det tilbage.",
    en: "The change set has too many remarks. Send it back.",
  },
  "no-such-proposal": { da: "Forslaget findes ikke.", en: "There is no such proposal." },
  "proposal-full": { da: "Et forslag har højst 50 rettelser.", en: "A proposal has at most 50 commands." },
  "too-many-proposals": {
    da: "Der er sendt for mange forslag herfra eller om det samme. Prøv igen senere.",
    en: "Too many proposals came from here or about the same. Try again later.",
  },
  "nothing-to-undo": { da: "Her er intet, der kan fortrydes.", en: "There is nothing that can be undone." },
  "no-such-command": {
    da: "Der er ingen rettelse på den plads.",
    en: "There is no command at that position.",
  },
  "nothing-selected": { da: "Vælg mindst ét lokationsnummer.", en: "Select at least one location number." },
  "too-many-locations": {
    da: "Der er valgt flere lokationsnumre, end ét sæt kan rette. Gør søgningen snævrere.",
    en: "More location numbers are selected than one set can change. Narrow the filter.",
  },
  "changes-nothing": {
    da: "Det ændrer intet for de valgte lokationsnumre.",
    en: "It changes nothing for the selected location numbers.",
  },
  "no-such-type": {
    da: "Typen findes ikke i denne version. Skriv versionen med, fx DIS91 D9134L.",
    en: "There is no such type in this version. Write the version too, such as DIS91 D9134L.",
  },
  "too-many-bulk-jobs": {
    da: "Så mange massrettelser som muligt er i gang. Vent, til en er færdig.",
    en: "As many bulk edits as possible are under way. Wait until one has ended.",
  },
  "no-such-bulk-job": { da: "Der er ingen sådan massrettelse.", en: "There is no such bulk edit." },
  "bulk-actor-gone": {
    da: "Den, der bad om rettelsen, har ikke længere adgang.",
    en: "Who asked for the edit has no access any more.",
  },
  "no-such-file": { da: "Der er ingen sådan fil.", en: "There is no such file." },
  "one-type": { da: "Skriv præcis én type.", en: "Write exactly one type." },
  "too-many-searches": {
    da: "Du har gemt så mange søgninger, som du kan. Slet en først.",
    en: "You have saved as many searches as you may. Delete one first.",
  },
  "too-many-watches": {
    da: "Du overvåger så meget, som du kan. Fjern noget først.",
    en: "You watch as much as you may. Remove something first.",
  },
  "phase-reversed": {
    da: "Den sidste dag skal ligge efter den dag, udfasningen begynder.",
    en: "The last day must come after the day on which phasing out begins.",
  },
  "own-successor": {
    da: "En version kan ikke afløses af sig selv.",
    en: "A version cannot be followed by itself.",
  },
  "phase-changed": {
    da: "En anden har rettet versionens udfasning imens.",
    en: "Somebody else has changed how the version is phased out.",
  },
  "no-successor": {
    da: "Det er ikke fastlagt, hvad der afløser versionen.",
    en: "It is not decided what follows the version.",
  },
  "no-such-profile": { da: "Der er ingen sådan profil.", en: "There is no such profile." },
  "profile-changed": {
    da: "En anden har rettet profilen imens.",
    en: "Somebody else has changed the profile.",
  },
  "profile-named": { da: "En anden profil har navnet.", en: "Another profile has the name." },
  "too-many-profiles": {
    da: "Der er så mange profiler, som der kan være. Slet en først.",
    en: "There are as many profiles as there may be. Remove one first.",
  },
  "no-deviation": {
    da: "Ingen lokationsnumre afviger fra profilen.",
    en: "No location numbers deviate from the profile.",
  },
  "malformed-command": { da: "Rettelsen er ikke udfyldt rigtigt.", en: "The command is not well-formed." },
  "unit-changed": { da: "En anden har rettet enheden imens.", en: "Somebody else has changed this unit." },
  "busy-register": {
    da: "Andre retter hele tiden det samme. Prøv igen.",
    en: "Others keep changing the same. Try again.",
  },
} as const satisfies Record<string, Words>;
