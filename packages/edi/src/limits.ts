/** Limits within which an input is read; an input that exceeds them is refused with a finding. */
export type Limits = {
  readonly inputBytesMax: number;
  /** Longest segment, excluding objects between UNO and UNP. */
  readonly segmentBytesMax: number;
  readonly elementsMax: number;
  /** Messages of the whole input. */
  readonly messagesMax: number;
  /** Segments of one message; UNT has six digits for their number (ISO 9735, data element 0074). */
  readonly segmentsMax: number;
  readonly findingsMax: number;
  /** JSON: names in one object. */
  readonly jsonMembersMax: number;
  /** XML and JSON: maximum nesting depth. */
  readonly depthMax: number;
  /** XML: longest text, attribute value or comment; base64 runs count up to 64 KiB each. */
  readonly textBytesMax: number;
  readonly attributesMax: number;
  /** XML: elements of the whole input. */
  readonly xmlElementsMax: number;
};

export const defaultLimits: Limits = {
  inputBytesMax: 128 * 1024 * 1024,
  segmentBytesMax: 1024 * 1024,
  elementsMax: 16_384,
  messagesMax: 100_000,
  segmentsMax: 999_999,
  findingsMax: 200,
  jsonMembersMax: 1000,
  depthMax: 100,
  textBytesMax: 4 * 1024 * 1024,
  attributesMax: 64,
  xmlElementsMax: 5_000_000,
};
