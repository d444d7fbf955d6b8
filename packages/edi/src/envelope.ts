import type { Separators } from "./edifact/separators.ts";
import type { Finding } from "./findings.ts";
import type { MessageType } from "./medcom/message-types.ts";

/** A sender or receiver; `qualifier` is ISO 9735 data element 0007; a GLN always has 14, whatever the form of the message. */
export type Party = {
  readonly id: string;
  readonly qualifier?: string;
  /** Address for internal routing (data element 0008 or 0014). */
  readonly internalId?: string;
};

/** Byte offsets in the input, the end exclusive. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * One message within an envelope. `sender` and `receiver` are its own: in MedCom XML those given in the message itself, which
 * may differ between messages; in every other form those of the envelope, since the message has none. Use these to decide
 * permissions and routes. `{ id: "" }` if the message lacks them, which is reported as an error.
 */
export type MessageEnvelope = {
  readonly reference: string;
  readonly sender: Party;
  readonly receiver: Party;
  /** For example MEDDIS; "" if the form has none. */
  readonly unhType: string;
  /** Message type: DIS01, XDIS01, or a FHIR event code. */
  readonly code?: string;
  /** D0133L, XD0133L, or a FHIR profile version. */
  readonly version?: string;
  /** The catalogue's entry, if type and version are known. */
  readonly type?: MessageType;
  /** All components of S009 as sent (EDIFACT). */
  readonly identifier?: readonly string[];
  readonly range: ByteRange;
  /** Index of its group (EDIFACT). */
  readonly group?: number;
};

export type EnvelopeForm = "EDIFACT" | "XML" | "VANSEnvelope" | "SBDH" | "FHIR";

/** The values of UNB, Emessage/Envelope, VANSEnvelope, SBDH or MessageHeader, and where the messages are. */
export type InterchangeEnvelope = {
  readonly form: EnvelopeForm;
  /** FHIR: which notation. */
  readonly notation?: "XML" | "JSON";
  /** Sender and receiver of the envelope; MedCom XML has none there, so these are those of the first message. */
  readonly sender: Party;
  readonly receiver: Party;
  /** Interchange control reference, envelope or bundle identifier. */
  readonly reference: string;
  /** When it was prepared, as ISO 8601 in the sender's local time (with offset if the form has one). */
  readonly preparedAt?: string;
  /** A positive receipt is requested (data element 0031 = 1 or 2, pluspositivkvitt). */
  readonly acknowledgementRequested: boolean;
  /** Marked as a test (data element 0035 of UNB), or its payload is, if that was read. */
  readonly isTest: boolean;
  /** WHATWG label of the encoding with which text is read. */
  readonly encoding: string;
  readonly range: ByteRange;
  readonly messages: readonly MessageEnvelope[];
  /** Where the envelope's own id and time are; EDIFACT has them in `edifact.header`. */
  readonly own?: readonly OwnPlace[];
  readonly edifact?: EdifactEnvelope;
  readonly carried?: CarriedPayload;
  /** Set if the interchange itself is a transport receipt (VANSEnvelope Receipt, SBDH acknowledgement). */
  readonly receipt?: TransportReceipt;
};

/** An element that holds the envelope's own id, its time, or both; in JSON only the string value. */
export type OwnPlace = { readonly what: "id" | "time" | "both"; readonly range: ByteRange };

/** Where the service segments of an EDIFACT interchange are. */
export type EdifactEnvelope = {
  readonly syntaxId: string;
  readonly syntaxVersion: number;
  readonly header: ByteRange;
  readonly trailer?: ByteRange;
  readonly groups: readonly GroupEnvelope[];
  readonly separators: Separators;
};

/** The values of UNG, and where its service segments are. */
export type GroupEnvelope = {
  readonly reference: string;
  readonly sender: Party;
  readonly receiver: Party;
  readonly header: ByteRange;
  readonly trailer?: ByteRange;
};

/** A payload in a transport envelope, still base64 at the byte range (which may contain blanks). */
export type CarriedPayload = {
  readonly format: string;
  readonly name: string;
  readonly version?: string;
  readonly sizeInBytes?: number;
  readonly base64: ByteRange;
  /** The content of the payload, if it was requested and its form is known. */
  readonly inside?: CarriedInside;
};

/**
 * A payload that was read: its length, and the interchanges in it, whose byte offsets count in the payload. Its messages have
 * their own sender and receiver, which may differ from the envelope's (warning `parties-differ`).
 */
export type CarriedInside = {
  readonly sizeInBytes: number;
  readonly interchanges: readonly InterchangeEnvelope[];
};

export type TransportReceipt = {
  readonly polarity: "positive" | "negative";
  /** The receipt's kind in a VANSEnvelope. */
  readonly kind?: "NegativeVans" | "NegativeMessage" | "PositiveMessage";
  readonly originalEnvelope: string;
  readonly originalMessage?: string;
  readonly errorCode?: string;
  readonly errorText?: string;
};

/** Result of reading an input: its interchanges in order, and every finding. */
export type Envelope = {
  readonly interchanges: readonly InterchangeEnvelope[];
  readonly findings: readonly Finding[];
};
