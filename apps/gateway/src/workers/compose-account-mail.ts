import type { AccountMail, AccountMailKind } from "@sor/core/access";

type Words = { subject: [danish: string, english: string]; danish: string[]; english: string[] };
/** Mails about the work of a user or somebody else's proposal: nothing in them is an alarm about an account. */
const ofWork: Partial<Record<AccountMailKind, (mail: Named) => string>> = {
  "draft-expiring": ({ details }) => `/aendringssaet/${details.set}`,
  "draft-withdrawn": ({ details }) => `/aendringssaet/${details.set}`,
  "proposal-arrived": ({ details }) => `/aendringssaet/${details.set}`,
  "proposal-received": ({ details }) => `/forslag/${details.token}`,
  "proposal-answered": ({ details }) =>
    details.set === undefined ? `/forslag/${details.token}` : `/aendringssaet/${details.set}`,
};

type Named = Pick<AccountMail, "username" | "details">;

const roles: Readonly<Record<string, [danish: string, english: string]>> = {
  authority: ["registermyndighed", "register authority"],
  region: ["region", "region"],
  "vendor-administrator": ["leverandøradministrator", "supplier administrator"],
  "vendor-editor": ["leverandørredaktør", "supplier editor"],
  reader: ["læser", "reader"],
};

const alarmDanish = "Er det ikke dig, eller har du ikke bedt om det, så ring straks til din administrator.";
const alarmEnglish = "If it was not you, or you did not ask for it, call your administrator at once.";

const byWhom = ({ details }: Named, danish: boolean) =>
  details.by ? ` ${danish ? "af" : "by"} ${details.by}` : "";

const roleNames = ({ details }: Named) => roles[details.role ?? ""] ?? ["", ""];

const pages: Partial<Record<AccountMailKind, string>> = {
  "second-factor-reset": "/konto/totrinslogin",
  "role-requested": "/brugere",
  "colleague-added": "/brugere",
  "key-made": "/noegler",
};

const compose: Readonly<Record<AccountMailKind, (mail: Named) => Words>> = {
  "second-factor-reset": ({ username }) => ({
    subject: ["Totrinslogin er fjernet fra din konto", "Two-step sign-in was removed from your account"],
    danish: [
      `En administrator har fjernet totrinslogin fra din konto ${username}, og alle dine logins er afsluttet.`,
      "Log ind med din adgangskode, og slå totrinslogin til igen på din kontoside.",
    ],
    english: [
      `An administrator has removed two-step sign-in from your account ${username}, and all your sessions have ended.`,
      "Sign in with your password and turn two-step sign-in on again on your account page.",
    ],
  }),
  "codes-refused": ({ username }) => ({
    subject: ["Forkerte engangskoder til din konto", "Wrong one-time codes for your account"],
    danish: [
      `Nogen har skrevet den rigtige adgangskode til din konto ${username} og derefter flere forkerte engangskoder.`,
      "Var det ikke dig, kender en anden din adgangskode: Skift den nu på din kontoside.",
    ],
    english: [
      `Somebody typed the right password for your account ${username} and then several wrong one-time codes.`,
      "If it was not you, somebody else knows your password: change it now on your account page.",
    ],
  }),
  "password-changed": ({ username }) => ({
    subject: ["Din adgangskode er ændret", "Your password was changed"],
    danish: [`Adgangskoden til din konto ${username} er ændret, og dine øvrige logins er afsluttet.`],
    english: [`The password of your account ${username} was changed, and your other sessions have ended.`],
  }),
  "reset-link-made": ({ username }) => ({
    subject: ["Der er lavet et link til en ny adgangskode", "A link for a new password was made"],
    danish: [
      `En administrator har lavet et link, som kan give din konto ${username} en ny adgangskode.`,
      "Administratoren giver dig selv linket. Den nuværende adgangskode gælder, til linket er brugt.",
    ],
    english: [
      `An administrator has made a link that can give your account ${username} a new password.`,
      "The administrator gives you the link. Your present password is valid until the link is used.",
    ],
  }),
  "role-given": (mail) => {
    const [danish, english] = roleNames(mail);
    return {
      subject: ["Din konto har fået en rolle", "Your account was given a role"],
      danish: [`Din konto ${mail.username} har fået rollen ${danish}${byWhom(mail, true)}.`],
      english: [`Your account ${mail.username} was given the role ${english}${byWhom(mail, false)}.`],
    };
  },
  "role-requested": (mail) => {
    const [danish, english] = roleNames(mail);
    return {
      subject: ["En rolle venter på godkendelse", "A role waits for approval"],
      danish: [
        `${mail.details.name} skal have rollen ${danish}. Der er bedt om det${byWhom(mail, true)}.`,
        "Rollen rækker ud over én leverandør, så en anden fra registermyndigheden skal godkende eller afvise den.",
      ],
      english: [
        `${mail.details.name} is to have the role ${english}. It was requested${byWhom(mail, false)}.`,
        "The role reaches outside one supplier, so another person of the register authority has to approve or decline it.",
      ],
    };
  },
  "colleague-added": (mail) => {
    const [danish, english] = roleNames(mail);
    return {
      subject: ["En ny bruger hos jer", "A new user at your supplier"],
      danish: [
        `${mail.details.name} har fået en bruger hos jer med rollen ${danish}, inviteret${byWhom(mail, true)}.`,
      ],
      english: [
        `${mail.details.name} has been given an account at your supplier with the role ${english}, invited${byWhom(mail, false)}.`,
      ],
    };
  },
  "draft-expiring": ({ details }) => ({
    subject: ["En kladde trækkes snart tilbage", "A draft is withdrawn soon"],
    danish: [
      `Kladden »${details.title}« er ikke ændret længe. Den trækkes tilbage den ${details.until}, hvis den ikke er ændret eller sendt forinden.`,
    ],
    english: [
      `The draft "${details.title}" has not been changed for long. It is withdrawn on ${details.until} unless it is changed or submitted before.`,
    ],
  }),
  "draft-withdrawn": ({ details }) => ({
    subject: ["En kladde er trukket tilbage", "A draft was withdrawn"],
    danish: [
      `Kladden »${details.title}« er trukket tilbage, fordi den ikke er ændret længe. Den kan stadig læses.`,
    ],
    english: [
      `The draft "${details.title}" was withdrawn, since it has not been changed for long. It can still be read.`,
    ],
  }),
  "proposal-arrived": ({ details }) => ({
    subject: ["Et forslag til registret venter", "A proposal for the register waits"],
    danish: [`»${details.title}« venter på svar fra jer, senest ${details.due}.`],
    english: [`"${details.title}" waits for your answer, by ${details.due}.`],
  }),
  "proposal-received": ({ details }) => ({
    subject: ["Vi har modtaget dit forslag", "We have received your proposal"],
    danish: [
      `Nogen har oplyst denne adresse ved »${details.title}« i SOR. Forslaget besvares senest ${details.due}.`,
      "Var det dig, så bekræft adressen på siden, hvis du vil have svaret med mail. Ellers hører du ikke mere fra os.",
    ],
    english: [
      `Somebody gave this address with "${details.title}" in SOR. The proposal is answered by ${details.due}.`,
      "If it was you, confirm the address on the page to get the answer by mail. Otherwise you hear no more from us.",
    ],
  }),
  "proposal-answered": ({ details }) => ({
    subject: ["Dit forslag er besvaret", "Your proposal has been answered"],
    danish: [
      `»${details.title}« er ${details.outcome === "followed" ? "fulgt" : "ikke fulgt"}. Svaret står på siden.`,
    ],
    english: [
      `"${details.title}" was ${details.outcome === "followed" ? "followed" : "not followed"}. The page has the answer.`,
    ],
  }),
  "new-browser": ({ username, details }) => ({
    subject: ["Nyt login på din konto", "New sign-in to your account"],
    danish: [
      `Der er logget ind på din konto ${username} fra en browser, som ikke er brugt til den før: ${details.at}, fra adressen ${details.address}.`,
      "Var det dig, skal du ikke gøre noget. Ellers skift din adgangskode; så afsluttes alle andre logins.",
    ],
    english: [
      `Somebody signed in to your account ${username} with a browser that was not used for it before: ${details.at}, from the address ${details.address}.`,
      "If it was you, you need do nothing. Otherwise change your password, which ends all other sessions.",
    ],
  }),
  "key-made": (mail) => ({
    subject: ["Der er lavet en ny nøgle", "A new key was made"],
    danish: [
      `En ny nøgle, »${mail.details.key}«, er lavet${byWhom(mail, true)}.`,
      "Den, der har nøglen, kan bruge gatewayen på leverandørens vegne. Den kan tilbagekaldes under Nøgler.",
    ],
    english: [
      `A new key, "${mail.details.key}", was made${byWhom(mail, false)}.`,
      "Whoever has the key can use the gateway on behalf of the supplier. It can be revoked under Keys.",
    ],
  }),
};

/** Subject and text of a mail to a user about their own account, in Danish and English; contains no secret. */
export function composeAccountMail(
  mail: Named & Pick<AccountMail, "kind">,
  portalOrigin: string,
): { subject: string; text: string } {
  const { subject, danish, english } = compose[mail.kind](mail);
  const work = ofWork[mail.kind]?.(mail);
  const page = work ?? pages[mail.kind] ?? "/konto";
  const [lastDanish, lastEnglish] = work === undefined ? [[alarmDanish], [alarmEnglish]] : [[], []];
  const lines = [...danish, `${portalOrigin}${page}`, ...lastDanish, "", ...english, ...lastEnglish];
  return { subject: `[SOR] ${subject.join(" / ")}`, text: `${lines.join("\r\n")}\r\n` };
}
