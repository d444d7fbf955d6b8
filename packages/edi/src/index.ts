/** Reads, checks and builds the messages of Danish health care: bytes in, values out, nothing else touched. */
export { buildUnContrl, type UnContrlValues } from "./edifact/contrl.ts";
export { type ReadInterchange, readInterchange } from "./edifact/read-interchange.ts";
export {
  type EdifactHandlers,
  type EdifactOptions,
  EdifactReader,
  type SegmentPlace,
} from "./edifact/reader.ts";
export { elementValue, type Segment, segmentOf } from "./edifact/segment.ts";
export { defaultSeparators, type Separators } from "./edifact/separators.ts";
export { type SplitChoice, splitInterchange } from "./edifact/split.ts";
export {
  type GroupValues,
  type HeaderValues,
  type InterchangeValues,
  type MessageHeaderValues,
  type MessageValues,
  WriteError,
  writeInterchange,
} from "./edifact/write.ts";
export type {
  ByteRange,
  CarriedPayload,
  EdifactEnvelope,
  Envelope,
  EnvelopeForm,
  GroupEnvelope,
  InterchangeEnvelope,
  MessageEnvelope,
  Party,
  TransportReceipt,
} from "./envelope.ts";
export {
  type AcknowledgementError,
  type AcknowledgementValues,
  buildAcknowledgement,
} from "./fhir/acknowledgement.ts";
export { type Finding, isSound, type Place, type Severity } from "./findings.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export { buildContrl, type ContrlValues, isReceipt, type ReceiptKind } from "./medcom/contrl.ts";
export type { MessageFormat, MessageType, ReceiptRule } from "./medcom/message-types.ts";
export { findMessageType, messageTypes, twinOf } from "./medcom/message-types.ts";
export { type Refusal, type RefusalReason, refusalOf } from "./medcom/refusals.ts";
export { type EnvelopeOptions, readEnvelope } from "./read-envelope.ts";
export { type Recognised, recognise } from "./recognise.ts";
export { buildXmlReceipt, type XmlReceiptKind, type XmlReceiptValues } from "./xml/receipts.ts";
export {
  buildVansEnvelope,
  unwrapPayload,
  type VansMessage,
  type VansReceipt,
  type VansValues,
  wrapInVansEnvelope,
} from "./xml/wrap.ts";
