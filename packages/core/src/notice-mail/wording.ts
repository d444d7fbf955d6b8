import { type NoticeState, stateNamesDa } from "../status/index.ts";

export type Language = "da" | "en";

const stateNamesEn: Readonly<Record<NoticeState, string>> = {
  investigating: "Investigating",
  identified: "Cause found",
  monitoring: "Monitoring",
  resolved: "Resolved",
  scheduled: "Planned",
  "in-progress": "In progress",
  extended: "Extended",
  completed: "Completed",
  cancelled: "Cancelled",
  published: "Information",
  ended: "Ended",
};

/** The names of states in the subject of a mail. */
export const stateNames: Readonly<Record<Language, Readonly<Record<NoticeState, string>>>> = {
  da: stateNamesDa,
  en: stateNamesEn,
};

type MailWords = Readonly<
  Record<
    "prefix" | "reminder" | "several" | "services" | "planned" | "to" | "updated" | "why" | "confirmSubject",
    string
  > & { confirm: readonly [asked: string, what: string, ignore: string] }
>;

/** What mails about notices say around the notices themselves. */
export const mailWords: Readonly<Record<Language, MailWords>> = {
  da: {
    prefix: "[SOR drift]",
    reminder: "Påmindelse",
    several: "driftsbeskeder",
    services: "Berører",
    planned: "Planlagt",
    to: "til",
    updated: "Opdateret",
    why: "I får denne mail, fordi adressen er tilmeldt driftsinformation fra SOR. Med linkene herunder kan I ændre, hvad I får besked om, eller afmelde adressen.",
    confirmSubject: "Bekræft, at du vil have driftsinformation",
    confirm: [
      "Nogen har bedt om at få driftsinformation fra SOR sendt til denne adresse.",
      "Åbn siden, se, hvad der er valgt, og tryk på knappen. Linket gælder i 48 timer. Er adressen tilmeldt i forvejen, ændres intet, før der er trykket.",
      "Var det ikke dig, så gør ingenting. Der sendes ikke mere, og adressen slettes inden for en uge.",
    ],
  },
  en: {
    prefix: "[SOR drift]",
    reminder: "Reminder",
    several: "notices",
    services: "Affects",
    planned: "Planned",
    to: "to",
    updated: "Updated",
    why: "You get this mail because the address is subscribed to operations information from SOR. Use the links below to change what you are told, or to unsubscribe.",
    confirmSubject: "Confirm that you want operations information",
    confirm: [
      "Somebody has asked for operations information from SOR to be sent to this address.",
      "Open the page, see what was chosen, and press the button. The link works for 48 hours. If the address is subscribed already, nothing changes until the button is pressed.",
      "If it was not you, do nothing. Nothing more is sent, and the address is deleted within a week.",
    ],
  },
};
