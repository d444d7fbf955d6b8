/** Reads, checks and builds the messages of Danish health care: bytes in, values out, nothing else touched. */

export type { CutChoice } from "./cut-delivery.ts";
// An interchange of any form with only some of its messages, from all its bytes or pushed in chunks.
export { cutDelivery, deliveryCutter } from "./cut-delivery.ts";
export type { UnContrlValues } from "./edifact/contrl.ts";
// The UN's CONTRL for syntax 3 and 4 (ISO 9735, part 4).
export { buildUnContrl } from "./edifact/contrl.ts";
export type { ReadInterchange } from "./edifact/read-interchange.ts";
// Reads a whole EDIFACT input into values with all checks (ISO 9735), or pushed in chunks, a segment at a time.
export { readInterchange } from "./edifact/read-interchange.ts";
export type { EdifactHandlers, EdifactOptions, SegmentPlace } from "./edifact/reader.ts";
export { EdifactReader } from "./edifact/reader.ts";
export type { Segment } from "./edifact/segment.ts";
// A segment's values: all of them from its tokens, or one by element and component.
export { elementValue, segmentOf } from "./edifact/segment.ts";
export type { Separators } from "./edifact/separators.ts";
export { defaultSeparators } from "./edifact/separators.ts";
export type { SplitChoice } from "./edifact/split.ts";
// Makes an interchange of selected messages, their bytes unchanged.
export { splitInterchange } from "./edifact/split.ts";
export type { SegmentTokens } from "./edifact/tokens.ts";
export type * from "./edifact/write.ts";
// Writes an interchange from values, with computed counts and references (ISO 9735).
export { WriteError, writeInterchange } from "./edifact/write.ts";
export type * from "./envelope.ts";
export type { EnvelopeReaderOptions } from "./envelope-reader.ts";
// Reads the envelopes of any form pushed in chunks, and on request the payload of a VANSEnvelope or SBDH.
export { EnvelopeReader } from "./envelope-reader.ts";
export type { AcknowledgementError, AcknowledgementValues } from "./fhir/acknowledgement.ts";
// MedCom FHIR Acknowledgement 2.0 (FHIR R4 messaging).
export { buildAcknowledgement } from "./fhir/acknowledgement.ts";
export type { FindingCode } from "./finding-texts.ts";
export type { Finding, Place, Severity } from "./findings.ts";
// Whether no finding is an error; the limits within which inputs are read.
export { isSound } from "./findings.ts";
export type { Limits } from "./limits.ts";
export { defaultLimits } from "./limits.ts";
export type { ContrlValues, ReceiptKind } from "./medcom/contrl.ts";
// MedCom receipts CTL01 to CTL03 (CONTRL C0130Q to C0330Q), their reason from findings, and which messages must not be answered.
export { buildContrl, isReceipt } from "./medcom/contrl.ts";
export type { MessageFormat, MessageType, ReceiptRule } from "./medcom/message-types.ts";
// MedCom's message types: all, by code, version or URN, and the same message in the other form (MedCom's national list).
export { findMessageType, messageTypes, twinOf } from "./medcom/message-types.ts";
// The patients of each message by civil registration or replacement number (CPR), in EDIFACT, MedCom XML and FHIR R4.
export { normalPatientId, patientIdReader, readPatientIds } from "./medcom/patient-ids.ts";
export type { Refusal, RefusalReason } from "./medcom/refusals.ts";
export { refusalOf } from "./medcom/refusals.ts";
export type { EnvelopeOptions } from "./read-envelope.ts";
// Reads the envelopes of any form: parties, references, messages with type, version and byte range, findings.
export { readEnvelope } from "./read-envelope.ts";
export type { Recognised } from "./recognise.ts";
// Determines the form of a payload from its first bytes (ISO 9735, MedCom XML, VANSEnvelope, SBDH, FHIR R4).
export { recognise } from "./recognise.ts";
export type { Renewal } from "./renew-envelope.ts";
// An interchange with new ids and time, otherwise unchanged (MedCom reliable messaging, documents 032 and 043).
export { renewEnvelope } from "./renew-envelope.ts";
export type { XmlReceipt } from "./xml/read-receipts.ts";
// The answers of MedCom XML receipts, by message.
export { readXmlReceipts, xmlReceiptReader } from "./xml/read-receipts.ts";
export type { XmlReceiptKind, XmlReceiptValues } from "./xml/receipts.ts";
// MedCom XML receipts XCTL01 to XCTL03 (XC0130Q to XC0330Q).
export { buildXmlReceipt } from "./xml/receipts.ts";
export type { SbdhReceiptValues } from "./xml/sbdh-receipt.ts";
// EHMI transport acknowledgement (GS1 SBDH, ebBP 2.0 signals).
export { buildSbdhReceipt } from "./xml/sbdh-receipt.ts";
export type { VansMessage, VansReceipt, VansValues } from "./xml/wrap.ts";
// VANSEnvelope 1.0.4 around a payload or receipt, built from an interchange that was read, and extraction of the payload.
export { buildVansEnvelope, payloadUnwrapper, unwrapPayload, wrapInVansEnvelope } from "./xml/wrap.ts";
