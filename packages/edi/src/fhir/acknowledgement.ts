import type { InterchangeEnvelope, Party } from "../envelope.ts";

export type AcknowledgementError =
  | "MSG_Receiver_Identifier_UNKNOWN"
  | "MSG_Receiver_Identifier_MISSING"
  | "MSG_RECEIVER_UNABLE_TO_RECEIVE_MSG_TYPE"
  | "MSG_VALUESET_VALUE_UNKNOWN"
  | "MSG_CodeSystem_VALUE_UNKNOWN"
  | "MSG_Mailbox_Out_Of_Operation";

/** The content of a MedCom FHIR Acknowledgement. All ids are UUIDs. */
export type AcknowledgementValues = {
  readonly subject: InterchangeEnvelope;
  readonly bundleId: string;
  readonly messageId: string;
  readonly provenanceId: string;
  readonly senderId: string;
  readonly receiverId: string;
  /** With offset, ISO 8601. */
  readonly preparedAt: string;
  readonly code: "ok" | "transient-error" | "fatal-error";
  /** `code` is absent if none of MedCom's fits. */
  readonly error?: { readonly id: string; readonly code?: AcknowledgementError; readonly text?: string };
  /** SOR codes of sender and receiver of the acknowledgement, if known. */
  readonly senderSor?: string;
  readonly receiverSor?: string;
};

const guide = "http://medcomfhir.dk/ig";
const terminology = `${guide}/terminology/CodeSystem`;
const sorUrl = "https://sor2.sum.dsdn.dk/#id=";

/**
 * Builds a MedCom Acknowledgement 2.0 (FHIR R4 message Bundle, JSON) for a FHIR message; undefined if the subject is itself one.
 */
export function buildAcknowledgement(values: AcknowledgementValues): Uint8Array | undefined {
  const { subject } = values;
  if (subject.form !== "FHIR" || subject.receipt) return undefined;
  const entry = (type: string, id: string, resource: object) => ({
    fullUrl: `${type}/${id}`,
    resource: { resourceType: type, id, ...resource },
  });
  const bundle = {
    resourceType: "Bundle",
    id: values.bundleId,
    meta: profile("acknowledgement", "medcom-messaging-acknowledgement"),
    type: "message",
    timestamp: values.preparedAt,
    entry: [
      entry("MessageHeader", values.messageId, messageHeader(values)),
      entry("Provenance", values.provenanceId, provenance(values)),
      entry("Organization", values.senderId, organisation(subject.receiver, values.senderSor)),
      entry("Organization", values.receiverId, organisation(subject.sender, values.receiverSor)),
      ...(values.error ? [entry("OperationOutcome", values.error.id, outcome(values.error))] : []),
    ],
  };
  return new TextEncoder().encode(JSON.stringify(bundle));
}

const profile = (part: string, name: string) => ({
  profile: [`${guide}/${part}/StructureDefinition/${name}`],
});

// Sender and receiver are swapped: the receiver of the message sends its acknowledgement.
function messageHeader(values: AcknowledgementValues) {
  const [message] = values.subject.messages;
  return {
    meta: profile("acknowledgement", "medcom-messaging-acknowledgementHeader"),
    eventCoding: { system: `${terminology}/medcom-messaging-eventCodes`, code: "acknowledgement-message" },
    destination: [
      {
        extension: [
          {
            url: `${guide}/messaging/StructureDefinition/medcom-messaging-destinationUseExtension`,
            valueCoding: { system: `${terminology}/medcom-messaging-destinationUse`, code: "primary" },
          },
        ],
        endpoint: sorUrl + (values.receiverSor ?? ""),
        receiver: { reference: `Organization/${values.receiverId}` },
      },
    ],
    sender: { reference: `Organization/${values.senderId}` },
    source: { endpoint: sorUrl + (values.senderSor ?? "") },
    response: {
      identifier: message?.reference ?? "",
      code: values.code,
      ...(values.error && { details: { reference: `OperationOutcome/${values.error.id}` } }),
    },
    definition: `${guide}/messagedefinitions/MessageDefinition/MedComAcknowledgementMessageDefinition|2.0`,
  };
}

function provenance(values: AcknowledgementValues) {
  return {
    meta: profile("messaging", "medcom-messaging-provenance"),
    target: [{ reference: `MessageHeader/${values.messageId}` }],
    occurredDateTime: values.preparedAt,
    recorded: values.preparedAt,
    activity: {
      coding: [{ system: `${terminology}/medcom-messaging-activityCodes`, code: "acknowledgement" }],
    },
    agent: [{ who: { reference: `Organization/${values.senderId}` } }],
    entity: [
      {
        role: "revision",
        what: { reference: `MessageHeader/${values.subject.messages[0]?.reference ?? ""}` },
      },
    ],
  };
}

function organisation({ id, qualifier }: Party, sor: string | undefined) {
  const sorCode = sor ?? (qualifier === "SOR" ? id : undefined);
  return {
    meta: profile("messaging", "medcom-messaging-organization"),
    identifier: [
      ...(qualifier === "14" ? [{ system: "https://www.gs1.org/gln", value: id }] : []),
      ...(sorCode ? [{ system: "urn:oid:1.2.208.176.1.1", value: sorCode }] : []),
    ],
  };
}

function outcome({ code, text }: NonNullable<AcknowledgementValues["error"]>) {
  const coding = code && [{ system: `${terminology}/medcom-acknowledgement-error-codes`, code }];
  return {
    meta: profile("acknowledgement", "medcom-acknowledgement-operationoutcome"),
    issue: [
      { severity: "error", code: "value", details: { ...(coding && { coding }), ...(text && { text }) } },
    ],
  };
}
