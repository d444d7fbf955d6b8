import { findMessageType } from "@sor/edi";
import { type Database, newId } from "../database/index.ts";
import { endpoints, locations, locationVersions, suppliers } from "../endpoints/tables.ts";
import { completeGln } from "../identifiers/index.ts";
import { registrations } from "../message-types/tables.ts";
import type { Actor } from "../permissions/index.ts";

const longAgo = new Date("2020-01-01T00:00:00Z");

let counter = 0;

/** A location number unique in this process, ascending. */
export function newGln(): string {
  counter += 1;
  return completeGln(`5790008${String(counter).padStart(5, "0")}`);
}

/** A supplier with a key that may send, read messages and read mailboxes. */
export async function aVendor(
  db: Database,
  name = `Leverandør ${newId()}`,
): Promise<{ supplierId: string; key: Extract<Actor, { kind: "key" }> }> {
  const supplierId = newId();
  await db.insert(suppliers).values({ id: supplierId, name });
  return {
    supplierId,
    key: {
      kind: "key",
      id: newId(),
      name,
      supplierId,
      scopes: ["interchanges:send", "messages:read", "mailboxes:read"],
      grants: [
        {
          role: "vendor-administrator",
          scope: { kind: "supplier", supplierId },
          validFrom: longAgo,
          validTo: null,
        },
      ],
      limitedTo: null,
    },
  };
}

/** An open location number of a supplier. */
export async function aLocation(
  db: Database,
  location: { gln: string; supplierId: string; validTo?: string; nonActive?: boolean },
): Promise<void> {
  await db.insert(locations).values({ gln: location.gln }).onConflictDoNothing();
  await db.insert(locationVersions).values({
    id: newId(),
    gln: location.gln,
    validFrom: "2020-01-01",
    validTo: location.validTo ?? null,
    recordedAt: longAgo,
    supplierId: location.supplierId,
    nonActive: location.nonActive ?? false,
  });
}

/** An endpoint of a supplier: a mailbox, or a webhook when it has an address. */
export async function anEndpoint(
  db: Database,
  endpoint: { supplierId: string; address?: string; signingSecrets?: string[]; transport?: "folder" },
): Promise<string> {
  const id = newId();
  await db.insert(endpoints).values({
    id,
    supplierId: endpoint.supplierId,
    name: id,
    transport: endpoint.transport ?? (endpoint.address === undefined ? "mailbox" : "webhook"),
    address: endpoint.address ?? null,
    secrets: (endpoint.signingSecrets ?? []).map((sealed) => ({ sealed, madeAt: null, endsAt: null })),
  });
  return id;
}

function formatOf(code: string): "EDIFACT" | "XML" | "FHIR" {
  const format = findMessageType(code)?.format ?? "EDIFACT";
  return format === "other" ? "EDIFACT" : format;
}

/** Registers these types (code and version) for a location number at an endpoint. */
export async function receives(
  db: Database,
  gln: string,
  endpointId: string,
  types: readonly (readonly [messageType: string, version: string])[],
): Promise<void> {
  if (types.length === 0) return;
  await db.insert(registrations).values(
    types.map(([messageType, version]) => ({
      id: newId(),
      gln,
      messageType,
      version,
      format: formatOf(messageType),
      endpointId,
      validFrom: longAgo,
      recordedAt: longAgo,
    })),
  );
}

/** An EDIFACT interchange of minimal messages. */
export function anInterchange(of: {
  sender: string;
  receiver: string;
  reference?: string;
  messages?: readonly { reference: string; type?: string; version?: string; text?: string }[];
  acknowledgement?: "0" | "1";
}): Buffer {
  const messages = of.messages ?? [{ reference: `L${newId().slice(-12)}` }];
  const reference = of.reference ?? `K${newId().slice(-12)}`;
  const segments = messages.flatMap(
    ({ reference: id, type = "DIS91", version = "D9134L", text = "Kære kollega" }) => [
      `UNH+${id}+MEDDIS:D:93A:UN:${version}+${type}'`,
      "BGM+EPI++9+NA'",
      `FTX+SPC+P00++${text}'`,
      `UNT+4+${id}'`,
    ],
  );
  const header = `UNB+UNOC:3+${of.sender}:14+${of.receiver}:14+260301:1201+${reference}++++${of.acknowledgement ?? "0"}'`;
  return Buffer.from(
    ["UNA:+.? '", header, ...segments, `UNZ+${messages.length}+${reference}'`, ""].join("\r\n"),
    "latin1",
  );
}
