import { type FindingCode, findingTexts } from "./finding-texts.ts";

export type Severity = "error" | "warning" | "info";

/** Where in the input a finding lies; counts begin at 1, the byte offset at 0. Never carries content. */
export type Place = {
  readonly interchange: number;
  readonly message?: number;
  /** Segment number within the message, UNH = 1 (ISO 9735 data element 0096). */
  readonly segment?: number;
  /** Data element after the segment tag, the first = 1. */
  readonly element?: number;
  readonly component?: number;
  /** XML and FHIR: path of the element in question, by names that the format defines. */
  readonly path?: string;
  /** The place is within the payload that an envelope carries, and counted there. */
  readonly isCarried?: true;
  readonly offset: number;
};

/** One thing wrong or notable with an input: what, how grave, where, in Danish and English, quoting none of it. */
export type Finding = {
  readonly code: FindingCode;
  /** Syntax error code, ISO 9735 data element 0085; absent for mere notes. */
  readonly iso?: number;
  readonly severity: Severity;
  readonly at: Place;
  readonly textDa: string;
  readonly textEn: string;
};

/** Makes a finding from its code and place. */
export function finding(code: FindingCode, at: Place): Finding {
  const [severity, iso, textDa, textEn] = findingTexts[code];
  return iso === 0 ? { code, severity, at, textDa, textEn } : { code, iso, severity, at, textDa, textEn };
}

/** Whether the input may be processed: no finding is an error. */
export function isSound(findings: readonly Finding[]): boolean {
  return findings.every((entry) => entry.severity !== "error");
}
