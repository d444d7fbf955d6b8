import type { AlertKind } from "./kinds.ts";

/** The incident that an alert would be told as; nothing in it names whose endpoint or message it is. */
export type SuggestedNotice = {
  title: string;
  text: string;
  priority: 1 | 2 | 3 | 4;
  /** Ids of services of the production environment; a demo has the same ones with `-demo`. */
  services: readonly string[];
  /** When the next update is promised, after now. */
  nextUpdateMinutes: number;
};

const gateway = ["edi-gateway"] as const;
const late = (title: string, text: string): SuggestedNotice => ({
  ...{ title, text: `${text} Vi undersøger årsagen.` },
  ...{ priority: 2, services: gateway, nextUpdateMinutes: 60 },
});
const held = "Ingen meddelelser går tabt: De venter og sendes, når fejlen er rettet.";

/** Alerts of the public's interest; the others concern one vendor's work or the authority's own. */
const suggestions: Partial<Record<AlertKind, SuggestedNotice>> = {
  "endpoint-down": late(
    "Nogle modtagere kan ikke nås",
    `Meddelelser til nogle modtagere kan ikke afleveres lige nu. ${held}`,
  ),
  "queue-old": late("Meddelelser er forsinkede", `Nogle meddelelser afleveres senere end normalt. ${held}`),
  "head-of-line": late("Meddelelser er forsinkede", `Meddelelser til nogle modtagere venter i kø. ${held}`),
  "messages-overdue": late(
    "Meddelelser er forsinkede",
    `Behandlingen af nogle meddelelser tager længere tid end normalt. ${held}`,
  ),
  "back-pressure": {
    title: "EDI-gatewayen tager ikke imod nye meddelelser",
    text: "EDI-gatewayen afviser nye forsendelser med 503, indtil der igen er plads. Send dem igen senere. Vi undersøger årsagen.",
    ...{ priority: 1, services: gateway, nextUpdateMinutes: 30 },
  },
  "clock-skew": late(
    "Afleveringen af meddelelser er sat på pause",
    `EDI-gatewayen afleverer ikke meddelelser lige nu. ${held}`,
  ),
  "snapshot-failed": {
    title: "Nye filer fra registret er forsinkede",
    text: "Registrets filer er ikke dannet til tiden. De seneste filer kan stadig hentes. Vi undersøger årsagen.",
    ...{ priority: 3, services: ["sor"], nextUpdateMinutes: 240 },
  },
};

/** What a notice about an alert of this kind is begun with; undefined when the public is not concerned. */
export const suggestNotice = (kind: AlertKind): SuggestedNotice | undefined => suggestions[kind];
