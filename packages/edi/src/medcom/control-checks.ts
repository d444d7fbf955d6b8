import type { SegmentTokens } from "../edifact/tokens.ts";
import type { FindingCode } from "../finding-texts.ts";

const tagUci = 0x554349;
const tagUcm = 0x55434d;

/** Whether `checkControlSegment` checks segments of a receipt (CONTRL) with this tag. */
export const isControlTag = (tag: number) => tag === tagUci || tag === tagUcm;

/**
 * Checks the segments in which a receipt states the result for an interchange and its messages. MedCom's receipts allow only the
 * action codes 4 and 7 (data element 0083); in the UN's, 8 means that the interchange was received. UCI occurs once.
 */
export function checkControlSegment(
  tokens: SegmentTokens,
  tag: number,
  message: { readonly isMedcom: boolean; answers: number },
  report: (code: FindingCode, element: number, component: number) => void,
): void {
  const isWhole = tag === tagUci;
  const element = isWhole ? 4 : 3;
  if (isWhole && ++message.answers > 1) report("segment-repeated", 0, 0);
  const action = tokens.text(element);
  if (action === "") report("element-missing", element, 0);
  else if (action !== "4" && action !== "7" && (message.isMedcom || !isWhole || action !== "8"))
    report("action-code", element, 0);
}
