import type { Party } from "../envelope.ts";
import type { SegmentTokens } from "./tokens.ts";

/** An id as sent; "" if it contains only blanks, which counts as missing. */
export function idOf(text: string): string {
  const first = text.charCodeAt(0);
  if (first > 0x20 && first < 0x7f) return text;
  return text.trim() === "" ? "" : text;
}

/** The id in a data element, "" if it is missing or blank. */
export const idIn = (tokens: SegmentTokens, element: number) => idOf(tokens.text(element, 0));

/** A sender or receiver as sent in UNB or UNG; of a repeated element, the first occurrence. */
export function partyOf(tokens: SegmentTokens, element: number): Party {
  const id = idIn(tokens, element);
  const count = ownComponents(tokens, element);
  const qualifier = count > 1 ? tokens.text(element, 1) : "";
  const internalId = count > 2 ? tokens.text(element, 2) : "";
  if (internalId !== "") return { id, ...(qualifier && { qualifier }), internalId };
  return qualifier === "" ? { id } : { id, qualifier };
}

/** How many components the first occurrence of an element has. */
export function ownComponents(tokens: SegmentTokens, element: number): number {
  const count = tokens.componentsOf(element);
  const first = tokens.firstOf(element);
  for (let at = 1; at < count; at++) if (tokens.isRepetition(first + at)) return at;
  return count;
}
