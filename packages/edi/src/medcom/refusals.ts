import type { Finding } from "../findings.ts";

/**
 * MedCom's reasons: not specified, unknown location number, problem with the receiver's id, unsupported type or version, syntax
 * error.
 */
export type RefusalReason = "NC" | "LOK" | "MID" | "VER" | "SYN";

/** Why an interchange or a message is refused; a line break in the text starts a new line in the receipt. */
export type Refusal = { readonly reason: RefusalReason; readonly text: string };

const aboutVersion = new Set(["type-unknown", "version-unknown", "type-mismatch"]);

/**
 * The refusal that results from a reader's findings, for the whole interchange or one message (message number from 1), with the
 * place of the first error; undefined if nothing is an error. Findings in a payload are ignored.
 */
export function refusalOf(findings: readonly Finding[], message?: number): Refusal | undefined {
  const errors = findings.filter(
    (entry) => entry.severity === "error" && entry.at.message === message && !entry.at.isCarried,
  );
  const first = errors[0];
  if (!first) return undefined;
  const reason = errors.every((entry) => aboutVersion.has(entry.code)) ? "VER" : "SYN";
  return { reason, text: `${first.textDa} ${placeText(first.at)}` };
}

/**
 * A place in one short Danish sentence: EDIFACT by segment and element, XML and FHIR by path, and by byte if no segment is named.
 */
function placeText({ segment, element, path, offset }: Finding["at"]): string {
  const parts = [
    ...(segment === undefined ? [] : [`segment ${segment}`]),
    ...(element === undefined ? [] : [`element ${element}`]),
    ...(path === undefined ? [] : [`sted ${path}`]),
    ...(segment === undefined ? [`byte ${offset}`] : []),
  ];
  const sentence = parts.join(", ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
