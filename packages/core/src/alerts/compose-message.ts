import { htmlText } from "../markup/index.ts";
import { mailPage, oneLine } from "../outbox/index.ts";
import type { OutboxContent } from "../outbox/tables.ts";
import { formatDanishInstant } from "../validity/index.ts";
import type { AlertKind, AlertSeverity } from "./kinds.ts";
import type { AlertFacts } from "./tables.ts";
import { counted, factText, kindTitles } from "./wording.ts";

/** The opening or closing of an incident, for one receiver. */
export type Happening = {
  incidentId: string;
  phase: "opened" | "closed";
  kind: AlertKind;
  severity: AlertSeverity;
  endpointId: string | null;
  endpointName: string | null;
  openedAt: Date;
  closedAt: Date | null;
  facts: AlertFacts;
};

type Composition = {
  happenings: readonly Happening[];
  receiverName: string;
  /** Address of the portal, without a trailing slash. */
  portalOrigin: string;
  madeAt: Date;
  references: readonly string[];
};

const shownMost = 100;
const listedMost = 1000;

/** The portal page about the subject of an incident. */
export function portalLink(origin: string, { endpointId }: Pick<Happening, "endpointId">): string {
  return endpointId === null ? `${origin}/start` : `${origin}/endepunkter/${endpointId}`;
}

const alarms = { da: { one: "alarm", many: "alarmer" }, en: { one: "alert", many: "alerts" } };

/** The subject: counts and kinds only, never a name that a user chose. */
function subjectOf(happenings: readonly Happening[]): string {
  const [first] = happenings;
  if (first && happenings.length === 1) {
    const { da, en } = kindTitles[first.kind];
    return first.phase === "opened"
      ? `[SOR drift] Alarm: ${da} / ${en}`
      : `[SOR drift] Løst: ${da} / Solved: ${en}`;
  }
  const opened = happenings.filter(({ phase }) => phase === "opened").length;
  const closed = happenings.length - opened;
  const parts = [
    ...(opened > 0 ? [{ da: counted(opened, alarms.da), en: counted(opened, alarms.en) }] : []),
    ...(closed > 0 ? [{ da: `${closed} løst`, en: `${closed} solved` }] : []),
  ];
  return `[SOR drift] ${parts.map(({ da }) => da).join(", ")} / ${parts.map(({ en }) => en).join(", ")}`;
}

type Block = { title: string; lines: string[]; link: string };

function blockOf(happening: Happening, language: "da" | "en", origin: string): Block {
  const { kind, phase, endpointName, openedAt, closedAt, facts } = happening;
  const words =
    language === "da"
      ? { opened: "Alarm", closed: "Løst", endpoint: "Endepunkt", since: "Siden", ended: "Slut" }
      : { opened: "Alert", closed: "Solved", endpoint: "Endpoint", since: "Since", ended: "Ended" };
  return {
    title: `${words[phase]}: ${kindTitles[kind][language]}`,
    lines: [
      ...(phase === "opened" ? [factText(kind, facts)[language]] : []),
      ...(endpointName === null ? [] : [`${words.endpoint}: ${oneLine(endpointName)}`]),
      `${words.since}: ${formatDanishInstant(openedAt, language)}`,
      ...(closedAt === null ? [] : [`${words.ended}: ${formatDanishInstant(closedAt, language)}`]),
    ],
    link: portalLink(origin, happening),
  };
}

const why = (name: string) => ({
  da: `I får denne besked, fordi "${oneLine(name)}" er tilmeldt alarmer fra SOR EDI-gatewayen.`,
  en: `You are told because "${oneLine(name)}" subscribes to alerts from the SOR EDI gateway.`,
});

const more = (hidden: number) => ({
  da: `… og ${hidden} til: se dem i portalen.`,
  en: `… and ${hidden} more: see them in the portal.`,
});

function sections({ happenings, receiverName, portalOrigin }: Composition) {
  const shown = happenings.slice(0, shownMost);
  const hidden = happenings.length - shown.length;
  return (["da", "en"] as const).map((language) => ({
    language,
    blocks: shown.map((happening) => blockOf(happening, language, portalOrigin)),
    more: hidden > 0 ? more(hidden)[language] : undefined,
    why: why(receiverName)[language],
  }));
}

const bodyOf = (composition: Composition) => ({
  type: "alerts",
  timestamp: composition.madeAt.toISOString(),
  data: {
    total: composition.happenings.length,
    alerts: composition.happenings.slice(0, listedMost).map((happening) => ({
      id: happening.incidentId,
      event: happening.phase,
      kind: happening.kind,
      severity: happening.severity,
      endpointId: happening.endpointId,
      openedAt: happening.openedAt.toISOString(),
      closedAt: happening.closedAt?.toISOString() ?? null,
      facts: happening.facts,
      textDa: factText(happening.kind, happening.facts).da,
      textEn: factText(happening.kind, happening.facts).en,
      link: portalLink(composition.portalOrigin, happening),
    })),
  },
});

/** One message with everything that one receiver is to be notified of now: Danish first, English below. */
export function composeMessage(composition: Composition): OutboxContent {
  const parts = sections(composition);
  const text = parts
    .map(({ blocks, more: rest, why: reason }) =>
      [
        ...blocks.map(({ title, lines, link }) => [title, ...lines, link].join("\n")),
        ...(rest ? [rest] : []),
        reason,
      ].join("\n\n"),
    )
    .join("\n\n--------\n\n");
  const html = parts
    .map(({ language, blocks, more: rest, why: reason }) => {
      const list = blocks.map(
        ({ title, lines, link }) =>
          `<h2>${htmlText(title)}</h2><p>${lines.map(htmlText).join("<br>")}<br><a href="${htmlText(link)}">${htmlText(link)}</a></p>`,
      );
      const end = [...(rest ? [`<p>${htmlText(rest)}</p>`] : []), `<p>${htmlText(reason)}</p>`];
      return `<div lang="${language}">${[...list, ...end].join("")}</div>`;
    })
    .join("<hr>");
  return {
    subject: subjectOf(composition.happenings),
    text: `${text}\n`,
    html: mailPage("da", "SOR drift", html),
    json: JSON.stringify(bodyOf(composition)),
    references: composition.references,
  };
}

/**
 * The message that asks to confirm an address: the code, without a link that a mail scanner could follow and without text by the
 * requester. `supplierName` is the requester's name in the register; null for the gateway's own.
 */
export function composeConfirmation(code: string, supplierName: string | null): OutboxContent {
  const shown = `${code.slice(0, 5)}-${code.slice(5)}`;
  const by = supplierName === null ? null : oneLine(supplierName);
  const da = `${by ?? "SOR EDI-gatewayens drift"} har tilmeldt denne adresse til alarmer fra SOR EDI-gatewayen.\n\nKode: ${shown}\n\nSkriv koden, hvor tilmeldingen blev lavet, inden 48 timer. Kender I ikke til det, så se bort fra beskeden; alarmer sendes ikke, før koden er skrevet.`;
  const en = `${by ?? "The operator of the SOR EDI gateway"} has subscribed this address to alerts from the SOR EDI gateway.\n\nCode: ${shown}\n\nEnter the code where the subscription was made within 48 hours. If you know nothing of it, ignore this message; no alerts are sent before the code has been entered.`;
  const html = [da, en]
    .map((text) =>
      text
        .split("\n\n")
        .map((paragraph) => `<p>${htmlText(paragraph)}</p>`)
        .join(""),
    )
    .join("<hr>");
  return {
    subject: "[SOR drift] Bekræft tilmelding til alarmer / Confirm your subscription to alerts",
    text: `${da}\n\n--------\n\n${en}\n`,
    html: mailPage("da", "SOR drift", html),
    json: "{}",
    references: [],
  };
}

/** A test message. */
export function composeTest(receiverName: string, madeAt: Date): OutboxContent {
  const name = oneLine(receiverName);
  const da = `Dette er en prøve til "${name}". Alarmer fra SOR EDI-gatewayen kommer frem.`;
  const en = `This is a test for "${name}". Alerts from the SOR EDI gateway arrive.`;
  return {
    subject: "[SOR drift] Prøve / Test",
    text: `${da}\n\n--------\n\n${en}\n`,
    html: mailPage("da", "SOR drift", `<p>${htmlText(da)}</p><hr><p>${htmlText(en)}</p>`),
    json: JSON.stringify({ type: "test", timestamp: madeAt.toISOString(), data: {} }),
    references: [],
  };
}
