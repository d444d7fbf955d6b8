import { type FindingCode, findingTexts } from "./finding-texts.ts";

export type Severity = "error" | "warning" | "info";

/** Where in the input a finding is; counts begin at 1, the byte offset at 0. Never contains content. */
export type Place = {
  readonly interchange: number;
  readonly message?: number;
  /** Segment number within the message, UNH = 1 (ISO 9735 data element 0096). */
  readonly segment?: number;
  /** Data element after the segment tag, the first = 1. */
  readonly element?: number;
  readonly component?: number;
  /** XML and FHIR: path of the element in question, by names defined by the format. */
  readonly path?: string;
  /** The place is within an envelope's payload, and counted there. */
  readonly isCarried?: true;
  readonly offset: number;
};

/** One error or note about an input: code, severity, place, Danish and English sentences; quotes nothing of the input. */
export type Finding = {
  readonly code: FindingCode;
  /** Syntax error code, ISO 9735 data element 0085; absent for notes. */
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
