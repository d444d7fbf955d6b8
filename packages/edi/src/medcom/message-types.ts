import { type CatalogueRow, catalogueRows, notOnNationalList, type VersionPair } from "./catalogue.ts";

export type MessageFormat = "EDIFACT" | "XML" | "FHIR" | "other";

/** Which receipts answer a message, and when its receiver must send a positive one (a refusal is always answered). */
export type ReceiptRule = {
  readonly positive: readonly string[];
  readonly negative: readonly string[];
  readonly positiveRequired: "always" | "when-requested";
};

/** One version of a message type as MedCom defines it; `urn` is the key in the national list. */
export type MessageType = {
  readonly urn: string;
  readonly kind: "message" | "receipt" | "namespace";
  readonly format: MessageFormat;
  readonly nameDa: string;
  readonly nameEn: string;
  /** UNH message type, such as MEDDIS; absent for FHIR. */
  readonly unhType?: string;
  /** Such as DIS91, XDIS91 or FDIS91. */
  readonly code?: string;
  /** Such as D9134L, XD9134L or 5.0. */
  readonly version?: string;
  /** Other codes used for the same type, such as the FHIR event code. */
  readonly aliases: readonly string[];
  readonly status: "current" | "superseded";
  /** URN of the current version. */
  readonly supersededBy?: string;
  /** URN of the same message in the other of EDIFACT and XML. */
  readonly twin?: string;
  readonly receiptRule?: ReceiptRule;
  /** On the national list of message definitions; otherwise known from MedCom's schemas or samples. */
  readonly listed: boolean;
};

const root = "urn:dk:healthcare:medcom:messaging";
const edifactRoot = `${root}:edifact`;
const xmlRoot = `${root}:oioxml:schema:xsd`;
const fhirRoot = `${root}:fhir:structuredefinition`;

const edifactReceipts: ReceiptRule = {
  positive: ["CTL03"],
  negative: ["CTL01", "CTL02"],
  positiveRequired: "when-requested",
};
const xmlReceipts: ReceiptRule = {
  positive: ["XCTL03"],
  negative: ["XCTL01", "XCTL02"],
  positiveRequired: "when-requested",
};
const fhirReceipts: ReceiptRule = { positive: ["FCTL"], negative: ["FCTL"], positiveRequired: "always" };

const xmlCodeOf = (row: CatalogueRow) => row.xmlCode ?? `X${row.code}`;

const urnOf = (root: string, unh: string, code: string, version: string | null) =>
  version === null ? undefined : `${root}:${unh}:${code}:${version}`.toLowerCase();

const urnsOf = (row: CatalogueRow, pair: VersionPair) =>
  [urnOf(edifactRoot, row.unh, row.code, pair[0]), urnOf(xmlRoot, row.unh, xmlCodeOf(row), pair[1])] as const;

function standing(row: CatalogueRow, pair: VersionPair, side: 0 | 1): Partial<MessageType> {
  if (pair === row.current) return {};
  const supersededBy = urnsOf(row, row.current)[side];
  return { status: "superseded", ...(supersededBy && { supersededBy }) };
}

function ruleOf(row: CatalogueRow, side: 0 | 1): Partial<MessageType> {
  if (row.unh === "CONTRL") return { kind: "receipt" };
  return { receiptRule: side === 0 ? edifactReceipts : xmlReceipts };
}

function fromSide(row: CatalogueRow, pair: VersionPair, side: 0 | 1): MessageType[] {
  const version = pair[side];
  const urns = urnsOf(row, pair);
  const urn = urns[side];
  const twin = urns[side === 0 ? 1 : 0];
  if (!version || !urn) return [];
  const type: MessageType = {
    urn,
    kind: "message",
    format: side === 0 ? "EDIFACT" : "XML",
    nameDa: row.da,
    nameEn: row.en,
    unhType: row.unh,
    code: side === 0 ? row.code : xmlCodeOf(row),
    version,
    aliases: [],
    status: "current",
    listed: pair === row.current && !notOnNationalList.has(version),
    ...(twin && { twin }),
    ...ruleOf(row, side),
    ...standing(row, pair, side),
  };
  return [type];
}

const fromRow = (row: CatalogueRow) =>
  [row.current, ...(row.earlier ?? [])].flatMap((pair) => [
    ...fromSide(row, pair, 0),
    ...fromSide(row, pair, 1),
  ]);

type FhirRow = readonly [name: string, version: string, code: string, da: string, aliases: readonly string[]];

const fhirRows: readonly FhirRow[] = [
  ["hospitalnotification", "3.0", "FDIS20", "Advis om sygehusophold", ["hospital-notification-message"]],
  ["carecommunication", "5.0", "FDIS91", "Korrespondancemeddelelse", ["care-communication-message"]],
  ["homecareobservation", "1.2", "homecareobservation-message", "Hjemmesygeplejens målinger", []],
  ["homecareobservation", "1.1", "homecareobservation-message", "Hjemmesygeplejens målinger", []],
  ["acknowledgement", "2.0", "FCTL", "Kvittering (FHIR)", ["FCTL1", "acknowledgment-message"]],
];

const fhirNames: Record<string, string> = {
  hospitalnotification: "HospitalNotification",
  carecommunication: "CareCommunication",
  homecareobservation: "HomeCareObservation",
  acknowledgement: "Acknowledgement",
};

function fromFhir([name, version, code, da, aliases]: FhirRow): MessageType {
  const isReceipt = name === "acknowledgement";
  return {
    urn: `${fhirRoot}::${name}-message##urn:dk:medcom:fhir:${name}-message::${version}`,
    kind: isReceipt ? "receipt" : "message",
    format: "FHIR",
    nameDa: da,
    nameEn: fhirNames[name] ?? name,
    code,
    version,
    aliases: [...aliases, `${name}-message`],
    status: "current",
    ...(isReceipt ? {} : { receiptRule: fhirReceipts }),
    listed: true,
  };
}

function namespace(urn: string, format: MessageFormat, name: string): MessageType {
  const nameDa = `${name}-navnerum`;
  return {
    urn,
    kind: "namespace",
    format,
    nameDa,
    nameEn: `${name} namespace`,
    aliases: [],
    status: "current",
    listed: true,
  };
}

const fhir = fhirRows.map(fromFhir);
const notification = fhir[0] as MessageType;

const others: readonly MessageType[] = [
  // The national list has this older form of the same definition beside the newer one.
  {
    ...notification,
    urn: `${fhirRoot}:hospitalnotification:3.0`,
    status: "superseded",
    supersededBy: notification.urn,
  },
  {
    urn: "urn:dk:healthcare:messaging:oasis:ebxml:schema:xsd::ehmisbdh-acknowledgement##urn:dk:ehmi:sbdh:ehmisbdh-acknowledgement::1.0",
    kind: "receipt",
    format: "other",
    nameDa: "EHMI-transportkvittering",
    nameEn: "EHMI transport acknowledgement",
    code: "ehmisbdh-acknowledgement",
    version: "1.0",
    aliases: [],
    status: "current",
    listed: true,
  },
  namespace(edifactRoot, "EDIFACT", "EDIFACT"),
  namespace(xmlRoot, "XML", "OIOXML"),
  namespace(fhirRoot, "FHIR", "FHIR"),
];

/** Every known message type and version: the national list of message definitions and what MedCom's schemas add. */
export const messageTypes: readonly MessageType[] = [...catalogueRows.flatMap(fromRow), ...fhir, ...others];

type Versions = {
  readonly inForce: MessageType | undefined;
  readonly byVersion: ReadonlyMap<string, MessageType>;
};

function buildIndex(): ReadonlyMap<string, Versions> {
  const index = new Map<string, { inForce: MessageType | undefined; byVersion: Map<string, MessageType> }>();
  for (const type of messageTypes) {
    for (const code of [type.urn, ...(type.code ? [type.code, ...type.aliases] : [])]) {
      const key = code.toUpperCase();
      const entry = index.get(key) ?? { inForce: undefined, byVersion: new Map() };
      index.set(key, entry);
      // A URN names one version, so it leads to that version even if it has been superseded.
      if (type.status === "current" || code === type.urn) entry.inForce ??= type;
      const version = type.version?.toUpperCase();
      if (version !== undefined && !entry.byVersion.has(version)) entry.byVersion.set(version, type);
    }
  }
  return index;
}

const index = buildIndex();

/**
 * Finds a type by EDIFACT, XML or FHIR code with or without version (without: the current version), or by URN; case is ignored.
 */
export function findMessageType(codeOrUrn: string, version?: string): MessageType | undefined {
  if (codeOrUrn.length > 300) return undefined;
  const versions = index.get(codeOrUrn) ?? index.get(codeOrUrn.toUpperCase());
  if (!versions || version === undefined) return versions?.inForce;
  return (
    versions.byVersion.get(version) ??
    (version.length > 40 ? undefined : versions.byVersion.get(version.toUpperCase()))
  );
}

/** The same message in the other of EDIFACT and XML, if MedCom defines both (the version is looked up, never derived). */
export function twinOf(type: MessageType): MessageType | undefined {
  return type.twin === undefined ? undefined : findMessageType(type.twin);
}
