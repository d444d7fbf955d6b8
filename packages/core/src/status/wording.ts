import type { NoticeKind, NoticeState } from "./schemas.ts";

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

/** Kinds in addresses: `?type=servicevindue`. */
export const kindSlugs: Readonly<Record<NoticeKind, string>> = {
  incident: "haendelse",
  window: "servicevindue",
  information: "information",
};
