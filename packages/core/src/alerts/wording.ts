import type { AlertKind } from "./kinds.ts";

type Facts = Readonly<Record<string, string | number | boolean | null>>;
type Both = { da: string; en: string };

/** The name of a kind in a list or a subject line. */
export const kindTitles: Readonly<Record<AlertKind, Both>> = {
  "endpoint-down": { da: "Et endepunkt svarer ikke", en: "An endpoint does not answer" },
  "queue-old": { da: "Meddelelser venter for længe", en: "Messages wait too long" },
  "head-of-line": { da: "En kø står stille bag en meddelelse", en: "A line stands still behind a message" },
  "dead-letters": { da: "Meddelelser er afvist endeligt", en: "Messages were refused for good" },
  "messages-overdue": { da: "Meddelelser er over tiden", en: "Messages are overdue" },
  "receipts-overdue": { da: "Kvitteringer mangler", en: "Receipts are missing" },
  "certificate-expiring": { da: "Et certifikat udløber snart", en: "A certificate expires soon" },
  "prune-failed": { da: "Oprydning er mislykket", en: "A deletion run has failed" },
  "back-pressure": { da: "Gatewayen afviser for travlhed", en: "The gateway refuses for lack of room" },
  "clock-skew": { da: "En servers ur går forkert", en: "The clock of a server is wrong" },
};

const number = (facts: Facts, name: string) => Number(facts[name] ?? 0);

const sentences: Readonly<Record<AlertKind, (facts: Facts) => Both>> = {
  "endpoint-down": (facts) => ({
    da: `Endepunktet har ikke svaret som ventet ${number(facts, "failuresInRow")} gange i træk. Meddelelserne venter og sendes, når det svarer igen.`,
    en: `The endpoint has failed ${number(facts, "failuresInRow")} times in a row. Its messages wait and are sent when it answers again.`,
  }),
  "queue-old": (facts) => ({
    da: `${number(facts, "waiting")} forsendelser til endepunktet har ventet længere end tilladt.`,
    en: `${number(facts, "waiting")} deliveries to the endpoint have waited longer than they should.`,
  }),
  "head-of-line": (facts) => ({
    da: `Rækkefølgen holdes: ${number(facts, "waiting")} forsendelser til endepunktet venter bag en, der ikke kan afleveres eller er tilbageholdt. Frigiv, annullér eller omdirigér den forreste.`,
    en: `Order is kept: ${number(facts, "waiting")} deliveries to the endpoint wait behind one that cannot be delivered or is held back. Release, cancel or reroute the first.`,
  }),
  "dead-letters": (facts) => ({
    da: `Afviste meddelelser, der venter på en beslutning: ${number(facts, "sent")} sendt af jer, ${number(facts, "received")} til jer.`,
    en: `Refused messages that await a decision: ${number(facts, "sent")} sent by you, ${number(facts, "received")} to you.`,
  }),
  "messages-overdue": (facts) => ({
    da: `${number(facts, "overdue")} meddelelser har stået længere i deres tilstand end tilladt.`,
    en: `${number(facts, "overdue")} messages have stood in their state longer than they may.`,
  }),
  "receipts-overdue": (facts) => ({
    da: `Afleverede meddelelser uden kvittering til tiden: ${number(facts, "sent")} sendt af jer, ${number(facts, "received")} til jer.`,
    en: `Delivered messages without a receipt in time: ${number(facts, "sent")} sent by you, ${number(facts, "received")} to you.`,
  }),
  "certificate-expiring": (facts) => ({
    da: `Endepunktets certifikat udløber om ${number(facts, "daysLeft")} dage.`,
    en: `The endpoint's certificate expires in ${number(facts, "daysLeft")} days.`,
  }),
  "prune-failed": () => ({
    da: "Sletning efter opbevaringsreglerne er ikke gennemført.",
    en: "Deletion by the rules of retention was not carried out.",
  }),
  "back-pressure": () => ({
    da: "Nye forsendelser afvises med 503, indtil der igen er plads.",
    en: "New interchanges are refused with 503 until there is room again.",
  }),
  "clock-skew": (facts) => ({
    da: `En gateways ur og databasens er ${number(facts, "skewSeconds")} sekunder fra hinanden. Gatewayen afleverer, udløber og sletter intet, før de stemmer overens.`,
    en: `The clocks of a gateway and of the database differ by ${number(facts, "skewSeconds")} seconds. The gateway delivers, expires and removes nothing until they agree.`,
  }),
};

/** What happened, in a sentence or two; counts only. */
export function factText(kind: AlertKind, facts: Facts): Both {
  return sentences[kind](facts);
}
