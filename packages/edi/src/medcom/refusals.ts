import type { Finding } from "../findings.ts";

/** MedCom's reasons: not specified, unknown location number, problem with the receiver's id, type or version not handled, syntax error. */
export type RefusalReason = "NC" | "LOK" | "MID" | "VER" | "SYN";

/** Why an interchange or a letter is refused; a line break in the text begins a new line of the receipt. */
export type Refusal = { readonly reason: RefusalReason; readonly text: string };

const aboutVersion = new Set(["type-unknown", "version-unknown", "type-mismatch"]);

/** The refusal that a reader's findings call for, of the whole interchange or of one letter (message number from 1); undefined where nothing is an error. */
export function refusalOf(findings: readonly Finding[], message?: number): Refusal | undefined {
  const errors = findings.filter((entry) => entry.severity === "error" && entry.at.message === message);
  const first = errors[0];
  if (!first) return undefined;
  const reason = errors.every((entry) => aboutVersion.has(entry.code)) ? "VER" : "SYN";
  const { segment, element } = first.at;
  const place =
    segment === undefined ? "" : ` Segment ${segment}${element === undefined ? "" : `, element ${element}`}.`;
  return { reason, text: `${first.textDa}${place}` };
}
