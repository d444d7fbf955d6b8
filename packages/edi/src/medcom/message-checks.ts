import type { SegmentTokens } from "../edifact/tokens.ts";
import type { FindingCode } from "../finding-texts.ts";
import { checkControlSegment, isControlTag } from "./control-checks.ts";

const tagSpr = 0x535052;
const tagPas = 0x504153;

// MedCom's schema for the notification of admission allows "indlagt" and "doed" only; HA is ambulant, POT inactive.
const admissionStatusRefused = ["HA", "POT"];

type Report = (code: FindingCode, element: number, component: number) => void;

/** What the check of a segment needs to know about its message; `answers` counts the UCI of a receipt. */
type CheckedMessage = {
  readonly unhType: string;
  readonly code: string;
  readonly isMedcom: boolean;
  answers: number;
};

/** Whether `checkSegment` checks segments with this tag. */
export const isCheckedTag = (tag: number) => tag === tagSpr || tag === tagPas || isControlTag(tag);

/** Checks the segments of a message or receipt for which MedCom or the UN has rules that apply to every such message. */
export function checkSegment(
  tokens: SegmentTokens,
  tag: number,
  message: CheckedMessage,
  report: Report,
): void {
  if (message.unhType === "CONTRL") {
    if (isControlTag(tag)) checkControlSegment(tokens, tag, message, report);
  } else if (message.code !== "") checkMessageSegment(tokens, tag, message.code, report);
}

/** Checks the segments in which every MedCom message repeats its type, and codes that a message type does not allow. */
function checkMessageSegment(tokens: SegmentTokens, tag: number, messageCode: string, report: Report): void {
  if (
    tag === tagSpr &&
    tokens.equals(1, 0, "ORG") &&
    tokens.lengthOf(3, 0) > 0 &&
    !tokens.equals(3, 0, messageCode)
  ) {
    report("message-type-mismatch", 3, 1);
  }
  if (
    tag === tagPas &&
    messageCode === "DIS20" &&
    admissionStatusRefused.some((status) => tokens.equals(1, 0, status))
  ) {
    report("message-value", 1, 1);
  }
}
