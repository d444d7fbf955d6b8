import type { NoticeKind, NoticeState, ServiceState } from "./schemas.ts";

/** Danish names of states and kinds, for feeds and mail. */
export const stateNamesDa: Readonly<Record<NoticeState, string>> = {
  investigating: "Undersøges",
  identified: "Årsag fundet",
  monitoring: "Overvåges",
  resolved: "Løst",
  scheduled: "Planlagt",
  "in-progress": "I gang",
  extended: "Forlænget",
  completed: "Afsluttet",
  cancelled: "Aflyst",
  published: "Orientering",
  ended: "Afsluttet",
};

export const kindNamesDa: Readonly<Record<NoticeKind, string>> = {
  incident: "Hændelse",
  window: "Servicevindue",
  information: "Information",
};

/** Danish names of the states of a service, where the portal's own words do not reach. */
export const serviceStateNamesDa: Readonly<Record<ServiceState, string>> = {
  operational: "Kører normalt",
  reduced: "Nedsat drift",
  down: "Driftsstop",
  maintenance: "Servicevindue",
  unknown: "Ukendt",
};

/** How all services are doing, in one sentence, by the gravest of their states. */
export const overallSentencesDa: Readonly<Record<ServiceState, string>> = {
  operational: "Alle tjenester kører normalt",
  reduced: "Nedsat drift på mindst én tjeneste",
  down: "Driftsstop på mindst én tjeneste",
  maintenance: "Et servicevindue er i gang",
  unknown: "Status er ukendt: Der er ingen ny måling",
};

/** Kinds in addresses: `?type=servicevindue`. */
export const kindSlugs: Readonly<Record<NoticeKind, string>> = {
  incident: "haendelse",
  window: "servicevindue",
  information: "information",
};
