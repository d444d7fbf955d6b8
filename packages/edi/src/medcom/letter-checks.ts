import type { SegmentTokens } from "../edifact/tokens.ts";
import type { FindingCode } from "../finding-texts.ts";

const tagSpr = 0x535052;
const tagPas = 0x504153;

// MedCom's schema for the notification of admission allows "indlagt" and "doed" only; HA is ambulant, POT inactive.
const admissionStatusRefused = ["HA", "POT"];

/** Whether a segment with this tag is one that `checkLetterSegment` looks at. */
export const isLetterTag = (tag: number) => tag === tagSpr || tag === tagPas;

/** Checks the segments in which every MedCom letter repeats its type, and codes that a letter type rules out. */
export function checkLetterSegment(
  tokens: SegmentTokens,
  tag: number,
  letterCode: string,
  report: (code: FindingCode, element: number, component: number) => void,
): void {
  if (
    tag === tagSpr &&
    tokens.equals(1, 0, "ORG") &&
    tokens.lengthOf(3, 0) > 0 &&
    !tokens.equals(3, 0, letterCode)
  ) {
    report("letter-type-mismatch", 3, 1);
  }
  if (
    tag === tagPas &&
    letterCode === "DIS20" &&
    admissionStatusRefused.some((status) => tokens.equals(1, 0, status))
  ) {
    report("letter-value", 1, 1);
  }
}
