import { findMessageType, type MessageType, messageTypes, type Registration } from "@sor/core/message-types";
import { compareEnds } from "@sor/core/validity";

type Direction = Registration["direction"];
type Format = Registration["format"];

/** Groups of messages, in the order of the page. */
const groups = [
  "receipts",
  "correspondence",
  "discharge",
  "answers",
  "referrals",
  "requests",
  "others",
] as const;
export type MessageGroup = (typeof groups)[number];

/** A period of a type in a version, past ones included. */
export type ReadPeriod = {
  validFrom: Date;
  validTo: Date | null;
  endpointId: string | null;
  endpointName: string | null;
};

/** A type in one version and format, with its periods in order of time. */
type ReadType = {
  messageType: string;
  version: string;
  format: Format;
  isSuperseded: boolean;
  /** Present and coming periods. */
  lasting: ReadPeriod[];
  past: ReadPeriod[];
};

/** A message in all its formats: one row of the page. */
export type ReadMessage = {
  /** `DIS91 receive`: what a form posts. */
  key: string;
  code: string;
  nameDa: string | null;
  nameEn: string | null;
  types: ReadType[];
};

/** What a location number receives, or sends: its messages in groups, and the endpoint of most of them. */
export type ReadSection = {
  direction: Direction;
  groups: { group: MessageGroup; messages: ReadMessage[] }[];
  /** Types in a version that hold now or later. */
  count: number;
  endpoint: { id: string; name: string; count: number } | null;
};

const byUrn = new Map(messageTypes.map((type) => [type.urn, type]));

/** The code that the formats of one message share: DIS91 for DIS91, XDIS91 and FDIS91. */
export function messageCode(code: string, type: MessageType | undefined): string {
  const twin = type?.twin === undefined ? undefined : byUrn.get(type.twin);
  if (type?.format === "XML") return twin?.code ?? code.replace(/^X(?=[A-Z]{3}\d)/, "");
  return type?.format === "FHIR" ? code.replace(/^F(?=[A-Z]{3}\d)/, "") : code;
}

/** The group in which a message stands. */
export function groupOf(code: string, type: MessageType | undefined): MessageGroup {
  if (type?.kind === "receipt") return "receipts";
  if (/^(?:DIS9[01])$/.test(code)) return "correspondence";
  const byUnh: Readonly<Record<string, MessageGroup>> = {
    MEDDIS: "discharge",
    MEDRPT: "answers",
    MEDREF: "referrals",
    MEDREQ: "requests",
  };
  return byUnh[type?.unhType ?? ""] ?? (code.startsWith("DIS") ? "discharge" : "others");
}

const periodOf = ({ validFrom, validTo, endpointId, endpointName }: Registration): ReadPeriod => ({
  validFrom,
  validTo,
  endpointId,
  endpointName,
});

function typeOf(rows: readonly Registration[], now: Date): ReadType {
  const [first] = rows as [Registration];
  const { messageType, version, format, isSuperseded } = first;
  const isPast = (row: Registration) => compareEnds(row.validTo, now) <= 0;
  return {
    messageType,
    version,
    format,
    isSuperseded,
    lasting: rows.filter((row) => !isPast(row)).map(periodOf),
    past: rows.filter(isPast).map(periodOf),
  };
}

const formats: readonly Format[] = ["EDIFACT", "XML", "FHIR"];
const byPlace = (a: ReadType, b: ReadType) =>
  formats.indexOf(a.format) - formats.indexOf(b.format) || a.version.localeCompare(b.version);

/**
 * What a location number receives and what it sends, as rows of messages. Types that ended stand only on the rows of messages that
 * it still has, as the past of their time.
 */
export function readingOf(registrations: readonly Registration[], now: Date): ReadSection[] {
  return (["receive", "send"] as const).flatMap((direction) => {
    const own = registrations.filter((row) => row.direction === direction);
    const section = sectionOf(direction, own, now);
    return section.count > 0 ? [section] : [];
  });
}

function sectionOf(direction: Direction, rows: readonly Registration[], now: Date): ReadSection {
  const coded = rows.map((row) => {
    const type = findMessageType(row.messageType, row.version);
    const code = messageCode(row.messageType, type);
    return { row, code, group: groupOf(code, type) };
  });
  const messages = [...Map.groupBy(coded, ({ code }) => code)].flatMap(([code, own]) => {
    const types = [...Map.groupBy(own, ({ row }) => `${row.messageType} ${row.version}`).values()]
      .map((list) =>
        typeOf(
          list.map(({ row }) => row),
          now,
        ),
      )
      .toSorted(byPlace);
    if (types.every(({ lasting }) => lasting.length === 0)) return [];
    const [first] = own as [(typeof own)[number]];
    const { nameDa, nameEn } = first.row;
    return [{ group: first.group, message: { key: `${code} ${direction}`, code, nameDa, nameEn, types } }];
  });
  const lasting = messages.flatMap(({ message }) => message.types.filter((type) => type.lasting.length > 0));
  return {
    direction,
    groups: groups.flatMap((group) => {
      const own = messages.filter((each) => each.group === group).map(({ message }) => message);
      const sorted = own.toSorted((a, b) => a.code.localeCompare(b.code));
      return sorted.length > 0 ? [{ group, messages: sorted }] : [];
    }),
    count: lasting.length,
    endpoint: commonEndpoint(lasting.flatMap(({ lasting: [present] }) => present ?? [])),
  };
}

// The endpoint of most types is said once, above the rows.
function commonEndpoint(periods: readonly ReadPeriod[]): ReadSection["endpoint"] {
  const [most] = [...Map.groupBy(periods, ({ endpointId }) => endpointId)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const [id, own] = most ?? [];
  const name = own?.[0]?.endpointName;
  return id && name ? { id, name, count: own.length } : null;
}
