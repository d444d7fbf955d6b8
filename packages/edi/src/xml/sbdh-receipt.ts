import type { InterchangeEnvelope, Party } from "../envelope.ts";
import { findMessageType } from "../medcom/message-types.ts";
import { encodeBase64 } from "./base64.ts";
import { documentBytes, element, escaped } from "./xml-text.ts";

/** The content of an EHMI transport acknowledgement, and its envelope. */
export type SbdhReceiptValues = {
  readonly kind: "ReceiptAcknowledgement" | "Exception";
  readonly subject: InterchangeEnvelope;
  /** Who answers; by default the receiver of the subject. */
  readonly sender?: Party;
  /** UUIDs of the envelope and of the message. */
  readonly reference: string;
  readonly messageReference: string;
  /** With offset, ISO 8601. */
  readonly preparedAt: string;
  /** Why an exception is raised. */
  readonly reason?: string;
};

const namespace = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";
const signals = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0";
const standard = "ehmisbdh-acknowledgement";

/**
 * Builds an EHMI transport acknowledgement (GS1 SBDH around an ebBP 2.0 signal, UTF-8) for an SBDH interchange; undefined if the
 * subject is itself one.
 */
export function buildSbdhReceipt(values: SbdhReceiptValues): Uint8Array | undefined {
  const { subject } = values;
  if (subject.form !== "SBDH" || subject.receipt) return undefined;
  const signal = new TextDecoder().decode(encodeBase64(documentBytes("utf-8", signalOf(values))));
  const content = `<BinaryContent mimeType="application/xml" encoding="UTF-8">${signal}</BinaryContent>`;
  return documentBytes(
    "utf-8",
    `<StandardBusinessDocument xmlns="${namespace}">${headerOf(values)}${content}</StandardBusinessDocument>`,
  );
}

// ISO 6523: 0088 is the code of GLN.
const identifierOf = ({ id, qualifier }: Party) =>
  qualifier === "14" ? `0088:${id}` : qualifier ? `${qualifier}:${id}` : id;

const party = (name: string, of: Party) =>
  `<${name}>${element("Identifier", identifierOf(of), ' Authority="iso6523-actorid-upis"')}</${name}>`;

const scope = (type: string, value: string | undefined) =>
  value
    ? `<Scope>${element("Type", type)}${element("InstanceIdentifier", value)}<Identifier>dk-medcom-messaging</Identifier></Scope>`
    : "";

function headerOf(values: SbdhReceiptValues): string {
  const { subject, reference, messageReference, kind, preparedAt } = values;
  const [message] = subject.messages;
  const identification = [
    element("Standard", standard),
    element("TypeVersion", "ebbp-signals-2.0"),
    element("InstanceIdentifier", reference),
    element("Type", kind),
    element("MultipleType", "false"),
    element("CreationDateAndTime", preparedAt),
  ].join("");
  const scopes = [
    scope("DOCUMENTID", findMessageType(standard)?.urn),
    scope("PROCESSID", "urn:ehmi:sdn-emergence"),
    scope("MESSAGEIDENTIFIER", messageReference),
    scope("MESSAGEENVELOPEIDENTIFIER", messageReference),
    scope("ORIGINALMESSAGEIDENTIFIER", message?.reference),
    scope("ORIGINALMESSAGESTANDARD", message?.code),
    scope("ORIGINALMESSAGEVERSION", message?.version),
    scope("ORIGINALENVELOPEIDENTIFIER", subject.reference),
    scope("EHMI-ReceiptAcknowledgement", "Response"),
  ].join("");
  const parties = party("Sender", values.sender ?? subject.receiver) + party("Receiver", subject.sender);
  return `<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion>${parties}<DocumentIdentification>${identification}</DocumentIdentification><BusinessScope>${scopes}</BusinessScope></StandardBusinessDocumentHeader>`;
}

function signalOf({ kind, subject, sender, preparedAt, reason }: SbdhReceiptValues): string {
  const [message] = subject.messages;
  const inside = [
    element("OriginalMessageIdentifier", message?.reference),
    element("OriginalDocumentIdentifier", message?.type?.urn),
    kind === "Exception" ? exceptionOf(reason ?? "") : "",
    element("ThisMessageDateTime", preparedAt),
    element("FromPartyInfo", identifierOf(sender ?? subject.receiver), ' type="iso6523-actorid-upis"'),
    element("ToPartyInfo", identifierOf(subject.sender), ' type="iso6523-actorid-upis"'),
    element("CollaborationIdentifier", message?.reference),
  ].join("");
  return `<${kind} xmlns="${signals}">${inside}</${kind}>`;
}

const exceptionOf = (reason: string) =>
  `<ExceptionType><GeneralException>ReceiptException</GeneralException></ExceptionType><Reason>${escaped(reason)}</Reason>`;
