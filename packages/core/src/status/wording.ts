import type { NoticeKind, NoticeState } from "./schemas.ts";

/** Danish words of states and kinds, as feeds and mail write them. */
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

/** How kinds are written in addresses: `?type=servicevindue`. */
export const kindSlugs: Readonly<Record<NoticeKind, string>> = {
  incident: "haendelse",
  window: "servicevindue",
  information: "information",
};

const parts = new Intl.DateTimeFormat("da-DK", {
  timeZone: "Europe/Copenhagen",
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const offset = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Copenhagen",
  timeZoneName: "longOffset",
});

function offsetOf(instant: Date): string {
  return offset.formatToParts(instant).find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** In the hour that occurs twice when summer time ends, which of the two it is; otherwise empty. */
function whichOfTwo(instant: Date): string {
  const hour = 3_600_000;
  const here = offsetOf(instant);
  if (here === "GMT+02:00" && offsetOf(new Date(instant.getTime() + hour)) === "GMT+01:00")
    return " (sommertid)";
  if (here === "GMT+01:00" && offsetOf(new Date(instant.getTime() - hour)) === "GMT+02:00")
    return " (normaltid)";
  return "";
}

/** An instant as people read it in Denmark: `11-01-2021 kl. 16:08`, Copenhagen time. */
export function formatDanishTime(instant: Date): string {
  const found = Object.fromEntries(parts.formatToParts(instant).map((part) => [part.type, part.value]));
  return `${found["day"]}-${found["month"]}-${found["year"]} kl. ${found["hour"]}:${found["minute"]}${whichOfTwo(instant)}`;
}
