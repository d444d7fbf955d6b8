import type { Separators } from "./separators.ts";
import type { SegmentTokens } from "./tokens.ts";

/** A further occurrence of a repeated data element (syntax 4); `element` counts from 1. */
type Repeat = { readonly element: number; readonly components: readonly string[] };

/** One segment as values: its tag, and for each data element its components, unescaped. */
export type Segment = {
  readonly tag: string;
  readonly elements: readonly (readonly string[])[];
  readonly repeats?: readonly Repeat[];
  /** Components after the tag itself (explicit nesting indication). */
  readonly nesting?: readonly string[];
  /** Raw bytes that follow UNO. */
  readonly object?: Uint8Array;
  /** What is between this segment and the next, if it is not the interchange's usual line break. */
  readonly after?: string;
  /** The segment as read, if a writer would write it differently; valid for these elements and separators only. */
  readonly source?: SegmentSource;
};

/** The bytes of a segment, terminator included, and the values they were read as. */
export type SegmentSource = {
  readonly bytes: Uint8Array;
  readonly elements: Segment["elements"];
  readonly separators: Separators;
};

/** The values of a segment, read from its tokens. */
export function segmentOf(tokens: SegmentTokens): Segment {
  const tag = tokens.text(0);
  const elements: string[][] = [];
  let repeats: Repeat[] | undefined;
  for (let element = 1; element < tokens.elements; element++) {
    const last = tokens.firstOf(element + 1);
    let components: string[] = [];
    elements.push(components);
    for (let at = tokens.firstOf(element); at < last; at++) {
      if (tokens.isRepetition(at)) {
        components = [];
        repeats ??= [];
        repeats.push({ element, components });
      }
      components.push(tokens.textAt(at));
    }
  }
  if (tokens.componentsOf(0) > 1)
    return { tag, elements, nesting: nestingOf(tokens), ...(repeats && { repeats }) };
  return repeats ? { tag, elements, repeats } : { tag, elements };
}

function nestingOf(tokens: SegmentTokens): string[] {
  return Array.from({ length: tokens.componentsOf(0) - 1 }, (_, at) => tokens.text(0, at + 1));
}

/** A value of a segment, element and component counted from 1; "" where absent. */
export function elementValue(segment: Segment, element: number, component = 1): string {
  return segment.elements[element - 1]?.[component - 1] ?? "";
}
