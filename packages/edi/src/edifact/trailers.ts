import type { FindingCode } from "../finding-texts.ts";
import type { SegmentTokens } from "./tokens.ts";

/** Finding codes for a wrong count or reference in a trailer. */
const codes = {
  UNT: ["count-segments", "reference-message"],
  UNE: ["count-group", "reference-group"],
  UNZ: ["count-messages", "reference-interchange"],
} as const;

export type TrailerTag = keyof typeof codes;
/** Expected values of a trailer; the reference is not compared if the header has none. */
export type ExpectedTrailer = { readonly count: number; readonly reference: string };

/** Checks count and reference in UNT, UNE or UNZ; missing values are reported elsewhere. */
export function checkTrailer(
  tokens: SegmentTokens,
  tag: TrailerTag,
  { count, reference }: ExpectedTrailer,
  report: (code: FindingCode, element: number) => void,
): void {
  const [countCode, referenceCode] = codes[tag];
  const stated = tokens.integer(1, 0);
  if (stated >= 0 && stated !== count) report(countCode, 1);
  const isGiven = reference !== "" && tokens.lengthOf(2, 0) > 0;
  if (isGiven && !tokens.equals(2, 0, reference)) report(referenceCode, 2);
}
