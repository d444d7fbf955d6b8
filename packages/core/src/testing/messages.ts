import { buildVansEnvelope } from "@sor/edi";

type MessageIds = { envelope: string; message: string };
export type MessageOf = MessageIds & {
  sender: string;
  receiver: string;
  /** A version that is not registered instead of the registered one: it has no receiver. */
  isUnknownVersion?: boolean;
  text?: string;
};

const party = (id: string) => ({ id, qualifier: "14" });
const preparedAt = "2026-03-01T12:01";
export const preparedWithOffset = `${preparedAt}:00+01:00`;

/** A minimal clinical message in MedCom XML. */
export const anEmessage = (of: MessageOf): Buffer => anEmessageOf(of.envelope, [of]);

/** Several such messages in one envelope, each with its own sender and receiver. */
export function anEmessageOf(envelopeId: string, messages: readonly Omit<MessageOf, "envelope">[]): Buffer {
  const gln = (name: string, id: string) => `<${name}><EANIdentifier>${id}</EANIdentifier></${name}>`;
  const emails = messages.map((of) => {
    const version = of.isUnknownVersion ? "XD9133L" : "XD9134L";
    const header = `<Letter><Identifier>${of.message}</Identifier><VersionCode>${version}</VersionCode><StatisticalCode>XDIS91</StatisticalCode><TypeCode>XDIS91</TypeCode></Letter>`;
    const text = `<ClinicalInformation>${of.text ?? "Kære kollega"}</ClinicalInformation>`;
    return `<ClinicalEmail>${header}${gln("Sender", of.sender)}${gln("Receiver", of.receiver)}${text}</ClinicalEmail>`;
  });
  const envelope = `<Envelope><Sent><Date>2026-03-01</Date><Time>12:01</Time></Sent><Identifier>${envelopeId}</Identifier><AcknowledgementCode>pluspositivkvitt</AcknowledgementCode></Envelope>`;
  return Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?>\n<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/">${envelope}${emails.join("")}</Emessage>`,
    "latin1",
  );
}

/** A minimal FHIR message (CareCommunication). */
export function aFhirMessage(of: MessageOf): Buffer {
  const organisation = (id: string, gln: string) => ({
    fullUrl: `Organization/${id}`,
    resource: {
      resourceType: "Organization",
      id,
      identifier: [{ system: "https://www.gs1.org/gln", value: gln }],
    },
  });
  const version = of.isUnknownVersion ? "4.0" : "5.0";
  const header = {
    resourceType: "MessageHeader",
    id: of.message,
    eventCoding: { code: "care-communication-message" },
    destination: [{ receiver: { reference: "Organization/to" } }],
    sender: { reference: "Organization/from" },
    definition: `http://medcomfhir.dk/ig/messagedefinitions/MedComCareCommunicationMessageDefinition|${version}`,
  };
  return Buffer.from(
    JSON.stringify({
      resourceType: "Bundle",
      id: of.envelope,
      type: "message",
      timestamp: preparedWithOffset,
      entry: [
        { fullUrl: `MessageHeader/${of.message}`, resource: header },
        organisation("from", of.sender),
        organisation("to", of.receiver),
        {
          resource: {
            resourceType: "Communication",
            payload: [{ contentString: of.text ?? "Kære kollega" }],
          },
        },
      ],
    }),
  );
}

/** A VANSEnvelope around any payload. */
export function aVansEnvelope(
  of: MessageOf,
  content: {
    format: "XML" | "EDIFACT" | "HL7" | "Other";
    name: string;
    version: string;
    payload: Uint8Array;
  },
): Buffer {
  return Buffer.from(
    buildVansEnvelope({
      sender: party(of.sender),
      receiver: party(of.receiver),
      reference: of.envelope,
      preparedAt: `${preparedAt}:00`,
      content: { identifier: of.message, transport: { type: "reliable" }, ...content },
    }),
  );
}

/** An EHMI envelope (SBDH) around a message in MedCom XML. */
export function anSbdh(of: MessageOf): Buffer {
  const version = of.isUnknownVersion ? "xd9133l" : "xd9134l";
  const scope = (type: string, value: string) =>
    `<Scope><Type>${type}</Type><InstanceIdentifier>${value}</InstanceIdentifier></Scope>`;
  const scopes = [
    scope("DOCUMENTID", `urn:dk:healthcare:medcom:messaging:oioxml:schema:xsd:meddis:xdis91:${version}`),
    scope("MESSAGEIDENTIFIER", of.message),
    scope("EHMI-ReceiptAcknowledgement", "Request"),
  ].join("");
  const payload = anEmessage({ ...of, envelope: "INSIDE", message: "INSIDE" });
  const identification = `<DocumentIdentification><Standard>XDIS91</Standard><TypeVersion>1</TypeVersion><InstanceIdentifier>${of.envelope}</InstanceIdentifier><Type>Emessage</Type><CreationDateAndTime>${preparedWithOffset}</CreationDateAndTime></DocumentIdentification>`;
  const gln = (name: string, id: string) => `<${name}><Identifier>0088:${id}</Identifier></${name}>`;
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion>${gln("Sender", of.sender)}${gln("Receiver", of.receiver)}${identification}<BusinessScope>${scopes}</BusinessScope></StandardBusinessDocumentHeader><BinaryContent mimeType="application/xml">${payload.toString("base64")}</BinaryContent></StandardBusinessDocument>`,
  );
}
