import type { Words } from "./words.ts";

/** In words: what core says of users, keys, roles and invitations. */
export const ofAccess = {
  "key-end-out-of-range": {
    da: "En nøgle slutter i fremtiden, inden for to år.",
    en: "A key ends in the future, within two years.",
  },
  "another-approves": { da: "En anden skal sige ja.", en: "Another has to say yes." },
  "own-second-factor": {
    da: "Ens egen fjernes på kontosiden.",
    en: "One's own is removed on the account page.",
  },
  "own-password": {
    da: "Ens egen adgangskode ændres på kontosiden.",
    en: "One's own password is changed on the account page.",
  },
  "last-administrator": {
    da: "Nogen skal administrere: dette er den sidste administrator.",
    en: "Somebody must administer: this is the last administrator.",
  },
  "wrong-code": { da: "Koden er forkert.", en: "The code is wrong." },
  "invitation-used": { da: "Invitationen er brugt.", en: "The invitation has been used." },
  "invitation-expired": { da: "Invitationen er udløbet.", en: "The invitation has expired." },
  "invitation-withdrawn": { da: "Invitationen er trukket tilbage.", en: "The invitation was withdrawn." },
  "password-unusable": { da: "Adgangskoden kan ikke bruges.", en: "The password cannot be used." },
  "wrong-password": { da: "Adgangskoden er forkert.", en: "The password is wrong." },
  "request-decided": { da: "Anmodningen er afgjort.", en: "The request has been decided." },
  "no-such-second-factor": {
    da: "Brugeren har ingen totrinsbekræftelse.",
    en: "The user has no second factor.",
  },
  "user-deactivated": { da: "Brugeren er spærret.", en: "The user is deactivated." },
  "username-taken": { da: "Brugernavnet er optaget.", en: "The user name is taken." },
  "second-factor-exists": {
    da: "Der er allerede en totrinsbekræftelse.",
    en: "There is a second factor already.",
  },
  "administrator-exists": {
    da: "Der er allerede en administrator; bed om en til med --again.",
    en: "There is an administrator already; ask for another with --again.",
  },
  "second-factor-missing": { da: "Der er ingen totrinsbekræftelse.", en: "There is no second factor." },
  "no-such-grant": { da: "Rollen findes ikke.", en: "There is no such grant." },
  "no-such-invitation": { da: "Invitationen findes ikke.", en: "There is no such invitation." },
  "no-such-key": { da: "Nøglen findes ikke.", en: "There is no such key." },
  "no-such-login": { da: "Loginet findes ikke.", en: "There is no such login." },
  "no-such-request": { da: "Anmodningen findes ikke.", en: "There is no such request." },
  "no-such-user": { da: "Brugeren findes ikke.", en: "There is no such user." },
  "too-many-usernames": { da: "Der er prøvet for mange brugernavne.", en: "Too many user names." },
  "too-many-wrong-passwords": {
    da: "Der er prøvet for mange forkerte adgangskoder.",
    en: "Too many wrong passwords.",
  },
  "wrong-login": { da: "Forkert brugernavn eller adgangskode.", en: "Wrong user name or password." },
  "no-right-to-journal": {
    da: "Du har ikke ret til at læse journalen.",
    en: "You do not have the right to read the journal.",
  },
  "no-right-to-keys": {
    da: "Du har ikke ret til at se nøglerne.",
    en: "You do not have the right to see these keys.",
  },
  "no-right-to-users": {
    da: "Du har ikke ret til at se brugerne.",
    en: "You do not have the right to see these users.",
  },
  "no-right-to-requests": {
    da: "Du har ikke ret til at se dem.",
    en: "You do not have the right to see these.",
  },
  "vendor-deactivated": { da: "Leverandøren er deaktiveret.", en: "The vendor is deactivated." },
} as const satisfies Record<string, Words>;
