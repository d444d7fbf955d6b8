import type { Words } from "./words.ts";

/** In words: what core says of submissions, messages and receipts. */
export const ofMessages = {
  "format-not-taken": {
    da: "Indholdet er i ingen af de former, der tages imod.",
    en: "The content is in none of the forms that are taken.",
  },
  "no-envelope": { da: "Der kan ikke læses nogen kuvert i indholdet.", en: "No envelope can be read." },
  "several-envelopes": {
    da: "Der er mere end én kuvert; send dem en ad gangen.",
    en: "There is more than one envelope; send them one by one.",
  },
  "envelope-incomplete": {
    da: "Kuverten mangler sin afsender, modtager eller sit id.",
    en: "The envelope lacks its sender, receiver or id.",
  },
  "no-messages": { da: "Der er ingen meddelelse i kuverten.", en: "The envelope holds no message." },
  "too-many-parties": {
    da: "Meddelelserne har for mange forskellige parter; send dem i flere kuverter.",
    en: "The messages are for too many parties; send them in several envelopes.",
  },
  "parties-not-separable": {
    da: "Der er fejl i kuverten, og dens meddelelser har forskellige parter.",
    en: "The envelope is at fault and its messages have different parties.",
  },
  "envelope-reused": {
    da: "Kuvert-id er brugt til en anden forsendelse.",
    en: "The envelope id has been used for another delivery.",
  },
  "first-submission-gone": {
    da: "Den første forsendelse er ikke gemt længere.",
    en: "The first delivery is no longer kept.",
  },
  "no-such-message": { da: "Meddelelsen findes ikke.", en: "There is no such message." },
  "no-such-interchange": { da: "Kuverten findes ikke.", en: "There is no such interchange." },
  "no-such-delivery": {
    da: "Forsendelsen findes ikke i denne postkasse.",
    en: "There is no such delivery in this mailbox.",
  },
  "no-such-resend": { da: "Opgaven findes ikke.", en: "There is no such job." },
  "not-a-patient-id": { da: "Det er ikke et personnummer.", en: "This is no personal number." },
  "payload-pruned": { da: "Indholdet er ikke gemt længere.", en: "The content is no longer kept." },
  "wrong-state": {
    da: "Meddelelsens tilstand tillader det ikke: se state.",
    en: "The message's state does not allow it: see state.",
  },
  "nothing-to-approve": {
    da: "Ingen har bedt om, at den frigives.",
    en: "Nobody has asked for its release.",
  },
  "envelope-not-renewable": {
    da: "Kuverten kan ikke få et nyt id.",
    en: "Its envelope id cannot be made anew.",
  },
  "too-many-messages": {
    da: "Så mange meddelelser kan ikke genfremsendes på én gang.",
    en: "More messages meet this than are sent again at once.",
  },
  "nothing-to-resend": { da: "Ingen af dem kan genfremsendes.", en: "None of them can be sent again." },
  "too-many-resends": { da: "Vent på dem, der er i gang.", en: "Wait for those under way." },
  "resender-gone": {
    da: "Den, der bad om det, har ikke adgang længere.",
    en: "Whoever asked may not sign in any more.",
  },
  "endpoint-paused": {
    da: "Den venter på, at dens endepunkt genoptages.",
    en: "It waits for its endpoint to resume.",
  },
  "release-takes-two": { da: "Frigivelsen kræver to personer.", en: "Its release takes two persons." },
  "person-needed": {
    da: "Frigivelsen kræver to personer, og en nøgle er ikke en person.",
    en: "Its release takes two persons, and a key is none.",
  },
  "second-person-needed": { da: "En anden person skal frigive den.", en: "Another person must release it." },
  "not-independent": {
    da: "De to konti kan tilhøre samme person.",
    en: "The two accounts may be one person's.",
  },
  "held-by-other-side": {
    da: "Den anden side holder meddelelsen tilbage og frigiver den.",
    en: "The other side holds the message back and releases it.",
  },
  "not-received": { da: "Modtageren modtager den ikke nu.", en: "The receiver does not receive it now." },
  "no-such-way": {
    da: "Modtageren modtager den ikke dér nu.",
    en: "The receiver does not take it there now.",
  },
  "no-right-to-messages": {
    da: "Nøglen har ikke ret til at se meddelelser.",
    en: "You do not have the right to see messages.",
  },
  "receipt-unanswered": {
    da: "En kvittering besvares ikke med en kvittering.",
    en: "A receipt is answered by none.",
  },
  "sent-by-gateway": { da: "Gatewayen har selv sendt den.", en: "The gateway sent it itself." },
  "receipt-contradicts": { da: "Det modsatte er kvitteret før.", en: "The opposite has been said of it." },
  "receipt-given": {
    da: "Afsenderen har fået det at vide med andre ord.",
    en: "The sender has been told so, in other words.",
  },
  "offset-gone": {
    da: "Feedet fortsætter ikke efter dette sted.",
    en: "The feed does not go on after this offset.",
  },
} as const satisfies Record<string, Words>;
