import { findMessageType, type MessageFormat, messageTypes } from "@sor/edi";

/** One type in one version, as a location number receives it. */
type ProfileEntry = { messageType: string; version: string; format: Exclude<MessageFormat, "other"> };

const receipts = ["CTL01", "CTL02", "CTL03", "XCTL01", "XCTL02", "XCTL03"];
const messages = ["DIS91", "XDIS91", "FDIS91", "FCTL"];

/** What each kind of unit receives in practice, by type code; the version is the catalogue's current one. */
const profiles = {
  practice: [
    "DIS01",
    "DIS02",
    "DIS03",
    "DIS05",
    "DIS06",
    "DIS07",
    "DIS08",
    "DIS10",
    "DIS13",
    "DIS17",
    "DIS20",
    "DIS32",
    "XDIS01",
    "XDIS02",
    "XDIS15",
    "XDIS22",
    "RPT01",
    "RPT02",
    "RPT03",
    "RPT04",
    "XRPT05",
    "PRE60",
    "BIN01",
    "FDIS20",
  ],
  specialist: [
    "REF06",
    "XREF06",
    "RPT01",
    "RPT02",
    "RPT04",
    "DIS01",
    "DIS02",
    "DIS05",
    "BIN01",
    "BIN02",
    "PRE60",
  ],
  physiotherapy: ["REF07", "XREF07", "DGOP", "BIN02"],
  psychology: ["REF10", "XREF10", "BIN02"],
  dentist: [],
  pharmacy: ["PRE01", "XPRE01"],
  department: ["REF01", "XREF01", "DIS20", "RPT01", "RPT02", "RPT04", "BIN01", "BIN02", "DIS16", "XDIS16"],
  radiology: ["REF02", "XREF02", "BIN01", "BIN02"],
  laboratory: ["REQ01", "XREQ01", "DAO01"],
  microbiology: ["REQ02", "XREQ02"],
  pathology: ["REQ03", "XREQ03"],
  municipality: [
    "DIS14",
    "DIS17",
    "DIS18",
    "DIS19",
    "DIS20",
    "XDIS14",
    "XDIS17",
    "XDIS18",
    "XDIS19",
    "XDIS20",
    "XREF15",
    "XREF22",
    "DGOP",
    "FDIS20",
    "homecareobservation-message",
  ],
} as const satisfies Record<string, readonly string[]>;
export type ProfileName = keyof typeof profiles;

function current(code: string): ProfileEntry {
  const type = findMessageType(code);
  if (!type?.code || !type.version || type.format === "other")
    throw new Error(`not in the catalogue: ${code}`);
  return { messageType: type.code, version: type.version, format: type.format };
}

/** The registrations of a kind of unit, receipts and correspondence included. */
export function profileEntries(name: ProfileName): ProfileEntry[] {
  return [...profiles[name], ...messages, ...receipts].map(current);
}

/** The version that the demo phases out, and the one that follows it. */
export const phasedOut = { messageType: "DIS01", version: "D0133L" } as const;
export const itsSuccessor = { messageType: "DIS01", version: "D0134L" } as const;

/** The same with the version that is being phased out where it has its successor. */
export const inOlderVersion = (entries: readonly ProfileEntry[]): ProfileEntry[] =>
  entries.map((entry) =>
    entry.messageType === itsSuccessor.messageType && entry.version === itsSuccessor.version
      ? { ...entry, ...phasedOut }
      : entry,
  );

/** Every message of the catalogue, older versions too: what the demo's test recipient takes. */
export function everyEntry(): ProfileEntry[] {
  const entries = messageTypes.flatMap(({ kind, code, version, format }) =>
    kind !== "namespace" && code && version && format !== "other"
      ? [{ messageType: code, version, format }]
      : [],
  );
  // The national list names one FHIR version under two addresses; it is one registration all the same.
  return [...new Map(entries.map((entry) => [`${entry.messageType} ${entry.version}`, entry])).values()];
}
