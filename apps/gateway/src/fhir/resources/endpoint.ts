import { findMessageType } from "@sor/core/message-types";
import type { LocationState } from "@sor/core/register-log";
import {
  coding,
  concept,
  metaOf,
  periodOf,
  type Resource,
  reference,
  type Version,
  withoutEmpty,
} from "./parts.ts";
import { extensions, profiles, systems } from "./systems.ts";

const levelOrder = ["institution", "unit", "owner"];
const mimeTypes: Readonly<Record<string, readonly string[]>> = {
  EDIFACT: ["application/EDIFACT"],
  XML: ["application/xml"],
  FHIR: ["application/fhir+xml", "application/fhir+json"],
};

/** MedCom's own net operator code in SOR: messages of EHMI go by eDelivery, all others by the VANS network. */
export const ehmiOperator = "100097";

/** The unit that answers for a location number that several have: an institution before its units, then by SOR id. */
function managing({ holders }: LocationState): string | undefined {
  const order = (level: string) => levelOrder.indexOf(level);
  return holders.toSorted((a, b) => order(a.level) - order(b.level) || (a.sorId < b.sorId ? -1 : 1))[0]
    ?.sorId;
}

function payloads({ receives }: LocationState) {
  if (receives.length === 0) return [concept(systems.payload, "none", "None")];
  return receives.map(({ messageType, version }) => {
    const known = findMessageType(messageType, version);
    return known
      ? concept(systems.messageDefinition, known.urn, known.nameDa)
      : { text: `${messageType} ${version}` };
  });
}

const devicesOf = ({ facts: { row } }: LocationState): object[] =>
  [
    { url: extensions.messageHandler, id: row.netOperatorCode },
    { url: extensions.userSystem, id: row.systemId },
  ].flatMap(({ url, id }) => (id ? [{ url, valueReference: reference("Device", id) }] : []));

/** A location number as an Endpoint: what it receives now, and when the number itself is valid. */
export function endpoint(state: LocationState, version: Version): Resource {
  const { facts, isOpen, receives } = state;
  const { row } = facts;
  const holder = managing(state);
  const isReceiving = isOpen && !row.nonActive && receives.length > 0;
  const formats = [...new Set(receives.map(({ format }) => format))];
  return withoutEmpty({
    resourceType: "Endpoint" as const,
    id: row.gln,
    meta: metaOf(version, profiles.endpoint),
    extension: devicesOf(state),
    identifier: [{ use: "official", system: systems.gln, value: row.gln }],
    status: isReceiving ? "active" : "off",
    connectionType: coding(
      systems.connection,
      row.netOperatorCode === ehmiOperator ? "EerMessagingEdelivery" : "vansMessaging",
    ),
    managingOrganization: holder ? reference("Organization", holder) : undefined,
    period: periodOf(state.firstFrom, row.validTo),
    payloadType: payloads(state),
    payloadMimeType: formats.flatMap((format) => mimeTypes[format] ?? []),
    address: `iso6523-actorid-upis::0088:${row.gln}`,
  });
}
