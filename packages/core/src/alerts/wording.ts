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
  "snapshot-failed": { da: "Filerne er ikke dannet", en: "The files were not made" },
  "vendor-switch-halted": { da: "Et leverandørskifte er standset", en: "A vendor switch is halted" },
  "back-pressure": { da: "Gatewayen afviser for travlhed", en: "The gateway refuses for lack of room" },
  "clock-skew": { da: "En servers ur går forkert", en: "The clock of a server is wrong" },
  "notice-overdue": { da: "En driftsbesked er forsinket", en: "A notice is overdue" },
};

const number = (facts: Facts, name: string) => Number(facts[name] ?? 0);

/** A number with its noun, which is singular for one only. */
export function counted(count: number, nouns: { one: string; many: string }): string {
  return `${count} ${count === 1 ? nouns.one : nouns.many}`;
}

const deliveries = {
  da: { one: "forsendelse", many: "forsendelser" },
  en: { one: "delivery", many: "deliveries" },
};
const messages = {
  da: { one: "meddelelse", many: "meddelelser" },
  en: { one: "message", many: "messages" },
};

function expiryText(daysLeft: number): Both {
  if (daysLeft < 0) {
    return { da: "Endepunktets certifikat er udløbet.", en: "The endpoint's certificate has expired." };
  }
  const [da, en] = [
    counted(daysLeft, { one: "dag", many: "dage" }),
    counted(daysLeft, { one: "day", many: "days" }),
  ];
  return daysLeft === 0
    ? {
        da: "Endepunktets certifikat udløber inden for et døgn.",
        en: "The endpoint's certificate expires within a day.",
      }
    : { da: `Endepunktets certifikat udløber om ${da}.`, en: `The endpoint's certificate expires in ${en}.` };
}

function overdueText(overdue: number): Both {
  const [da, en] = [counted(overdue, messages.da), counted(overdue, messages.en)];
  return overdue === 1
    ? {
        da: `${da} har stået længere i sin tilstand end tilladt.`,
        en: `${en} has stood in its state longer than it may.`,
      }
    : {
        da: `${da} har stået længere i deres tilstand end tilladt.`,
        en: `${en} have stood in their state longer than they may.`,
      };
}

function waitingText(waiting: number): Both {
  const [da, en] = [counted(waiting, deliveries.da), counted(waiting, deliveries.en)];
  return {
    da: `${da} til endepunktet har ventet længere end tilladt.`,
    en:
      waiting === 1
        ? `${en} to the endpoint has waited longer than it should.`
        : `${en} to the endpoint have waited longer than they should.`,
  };
}

function lineText(waiting: number): Both {
  const [da, en] = [counted(waiting, deliveries.da), counted(waiting, deliveries.en)];
  return {
    da: `Rækkefølgen holdes: ${da} til endepunktet venter bag en, der ikke kan afleveres eller er tilbageholdt. Frigiv, annullér eller omdirigér den forreste.`,
    en: `Order is kept: ${en} to the endpoint ${waiting === 1 ? "waits" : "wait"} behind one that cannot be delivered or is held back. Release, cancel or reroute the first.`,
  };
}

function skewText(seconds: number): Both {
  const da = counted(seconds, { one: "sekund", many: "sekunder" });
  const en = counted(seconds, { one: "second", many: "seconds" });
  return {
    da: `En gateways ur og databasens er ${da} fra hinanden. Gatewayen afleverer, udløber og sletter intet, før de stemmer overens.`,
    en: `The clocks of a gateway and of the database differ by ${en}. The gateway delivers, expires and removes nothing until they agree.`,
  };
}

const sentences: Readonly<Record<AlertKind, (facts: Facts) => Both>> = {
  "endpoint-down": (facts) => ({
    da: `Endepunktet har ikke svaret som ventet ${counted(number(facts, "failuresInRow"), { one: "gang", many: "gange i træk" })}. Meddelelserne venter og sendes, når det svarer igen.`,
    en: `The endpoint has failed ${counted(number(facts, "failuresInRow"), { one: "time", many: "times in a row" })}. Its messages wait and are sent when it answers again.`,
  }),
  "queue-old": (facts) => waitingText(number(facts, "waiting")),
  "head-of-line": (facts) => lineText(number(facts, "waiting")),
  "dead-letters": (facts) => ({
    da: `Afviste meddelelser, der venter på en beslutning: ${number(facts, "sent")} sendt af jer, ${number(facts, "received")} til jer.`,
    en: `Refused messages that await a decision: ${number(facts, "sent")} sent by you, ${number(facts, "received")} to you.`,
  }),
  "messages-overdue": (facts) => overdueText(number(facts, "overdue")),
  "receipts-overdue": (facts) => ({
    da: `Afleverede meddelelser uden kvittering til tiden: ${number(facts, "sent")} sendt af jer, ${number(facts, "received")} til jer.`,
    en: `Delivered messages without a receipt in time: ${number(facts, "sent")} sent by you, ${number(facts, "received")} to you.`,
  }),
  "certificate-expiring": (facts) => expiryText(number(facts, "daysLeft")),
  "prune-failed": () => ({
    da: "Sletning efter opbevaringsreglerne er ikke gennemført.",
    en: "Deletion by the rules of retention was not carried out.",
  }),
  "snapshot-failed": () => ({
    da: "Registrets filer er ikke dannet til tiden. De seneste ligger der stadig.",
    en: "The register's files were not made in time. The last ones are still there.",
  }),
  "vendor-switch-halted": () => ({
    da: "Et leverandørskifte er standset af sig selv. Se hvorfor under Leverandørskifte, og lad det fortsætte eller gå tilbage.",
    en: "A vendor switch has halted by itself. See why under Vendor switches, and continue or return it.",
  }),
  "back-pressure": () => ({
    da: "Nye forsendelser afvises med 503, indtil der igen er plads.",
    en: "New interchanges are refused with 503 until there is room again.",
  }),
  "clock-skew": (facts) => skewText(number(facts, "skewSeconds")),
  "notice-overdue": ({ isDraft }) =>
    isDraft
      ? {
          da: "En driftsbesked skulle have offentliggjort sig selv, men kunne ikke. Kladden siger hvorfor.",
          en: "A notice should have published itself, but could not. The draft says why.",
        }
      : {
          da: "En driftsbesked har lovet en opdatering, som ikke er kommet. Skriv, hvordan det går, også når der intet nyt er.",
          en: "A notice has promised an update that has not come. Say how it goes, even if there is nothing new.",
        },
};

/** What happened, in a sentence or two; counts only. */
export function factText(kind: AlertKind, facts: Facts): Both {
  return sentences[kind](facts);
}
