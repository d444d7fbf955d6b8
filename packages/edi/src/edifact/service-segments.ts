import type { FindingCode } from "../finding-texts.ts";
import { idOf, ownComponents } from "./party.ts";
import type { SegmentTokens } from "./tokens.ts";

type Kind = "a" | "n" | "an";
/** Mandatory or conditional, representation, minimum and maximum length of one component. */
type Component = readonly [need: "M" | "C", kind: Kind, min: number, max: number];
type Element = { readonly need: "M" | "C"; readonly parts: readonly Component[] };

const element = (need: "M" | "C", ...parts: Component[]): Element => ({ need, parts });
const an = (need: "M" | "C", max: number): Element => element(need, [need, "an", 1, max]);
const numeric = (need: "M" | "C", max: number): Element => element(need, [need, "n", 1, max]);
const party = (need: "M" | "C", version4: boolean): Element =>
  version4
    ? element(need, ["M", "an", 1, 35], ["C", "an", 1, 4], ["C", "an", 1, 35], ["C", "an", 1, 35])
    : element(need, ["M", "an", 1, 35], ["C", "an", 1, 4], ["C", "an", 1, 14]);
const dateTime = (need: "M" | "C", version4: boolean): Element =>
  element(need, version4 ? ["M", "n", 8, 8] : ["M", "n", 6, 6], ["M", "n", 4, 4]);

const syntaxIdentifier = (version4: boolean): Element =>
  version4
    ? element(
        "M",
        ["M", "a", 4, 4],
        ["M", "an", 1, 1],
        ["C", "an", 1, 6],
        ["C", "an", 1, 3],
        ["C", "an", 1, 3],
        ["C", "an", 1, 2],
      )
    : element("M", ["M", "a", 4, 4], ["M", "n", 1, 1]);
const messageIdentifier = (version4: boolean): Element => {
  const subset: readonly Component[] = [
    ["C", "an", 1, 6],
    ["C", "an", 1, 6],
  ];
  return element(
    "M",
    ["M", "an", 1, 6],
    ["M", "an", 1, 3],
    ["M", "an", 1, 3],
    ["M", "an", 1, version4 ? 3 : 2],
    ["C", "an", 1, 6],
    ...(version4 ? subset : []),
  );
};

const header = (version4: boolean): Record<string, readonly Element[]> => ({
  UNB: [
    syntaxIdentifier(version4),
    party("M", version4),
    party("M", version4),
    dateTime("M", version4),
    an("M", 14),
    element("C", ["M", "an", 1, 14], ["C", "an", 2, 2]),
    an("C", 14),
    element("C", ["C", "a", 1, 1]),
    numeric("C", 1),
    an("C", 35),
    numeric("C", 1),
  ],
  UNG: [
    an(version4 ? "C" : "M", 6),
    party(version4 ? "C" : "M", version4),
    party(version4 ? "C" : "M", version4),
    dateTime(version4 ? "C" : "M", version4),
    an("M", 14),
    an(version4 ? "C" : "M", version4 ? 3 : 2),
    element(version4 ? "C" : "M", ["M", "an", 1, 3], ["M", "an", 1, 3], ["C", "an", 1, 6]),
    an("C", 14),
  ],
  UNH: [
    an("M", 14),
    messageIdentifier(version4),
    an("C", 35),
    element("C", ["M", "n", 1, 2], ["C", "a", 1, 1]),
    ...(version4 ? [element("C"), element("C"), element("C")] : []),
  ],
  UNT: [numeric("M", version4 ? 10 : 6), an("M", 14)],
  UNE: [numeric("M", 6), an("M", 14)],
  UNZ: [numeric("M", 6), an("M", 14)],
});

const layouts = [header(false), header(true)] as const;

/** Reports an error in one element or component of a service segment. */
export type ReportElement = (code: FindingCode, element: number, component: number) => void;

/**
 * Checks presence, type and length of every data element of UNB, UNG, UNH, UNT, UNE and UNZ (ISO 9735, annex C; version 4: part
 * 1).
 */
export function checkServiceSegment(
  tokens: SegmentTokens,
  tag: string,
  version4: boolean,
  report: ReportElement,
): void {
  const layout = layouts[version4 ? 1 : 0][tag];
  if (!layout) return;
  for (let at = 0; at < layout.length; at++) checkElement(tokens, at + 1, layout[at] as Element, report);
  if (tokens.hasRepetitions) checkRepetitions(tokens, report);
  if (tokens.elements - 1 > layout.length) report("too-many-constituents", layout.length + 1, 0);
}

/** No element of a service segment may be repeated. */
function checkRepetitions(tokens: SegmentTokens, report: ReportElement): void {
  for (let element = 1; element < tokens.elements; element++) {
    const [from, to] = [tokens.firstOf(element), tokens.firstOf(element + 1)];
    for (let at = from; at < to; at++) {
      if (!tokens.isRepetition(at)) continue;
      report("element-repeated", element, 0);
      break;
    }
  }
}

function checkElement(
  tokens: SegmentTokens,
  element: number,
  expected: Element,
  report: ReportElement,
): void {
  const count = tokens.hasRepetitions ? ownComponents(tokens, element) : tokens.componentsOf(element);
  const isEmpty = count === 0 || (count === 1 && tokens.lengthOf(element, 0) === 0);
  if (isEmpty) {
    if (expected.need === "M") report("element-missing", element, 0);
    return;
  }
  const { parts } = expected;
  for (let at = 0; at < parts.length; at++)
    checkComponent(tokens, element, at, parts[at] as Component, report);
  if (expected.parts.length > 0 && count > expected.parts.length) {
    report("too-many-constituents", element, expected.parts.length + 1);
  }
}

function checkComponent(
  tokens: SegmentTokens,
  element: number,
  at: number,
  [need, kind, min, max]: Component,
  report: ReportElement,
): void {
  const rawLength = tokens.lengthOf(element, at);
  if (rawLength === 0 || (need === "M" && isBlankAt(tokens, element, at))) {
    if (need === "M") report("element-missing", element, at + 1);
    return;
  }
  // Raw bytes may include release characters and line breaks; only then is the value itself needed.
  const isPlain = rawLength <= max && tokens.isPlain(element, at);
  const length = isPlain ? rawLength : tokens.text(element, at).length;
  if (length > max) report("element-too-long", element, at + 1);
  else if (length < min) report("element-too-short", element, at + 1);
  if (kind !== "an" && !tokens.consistsOf(element, at, kind)) report("element-type", element, at + 1);
}

/** Whether a value consists of blanks only. */
function isBlankAt(tokens: SegmentTokens, element: number, at: number): boolean {
  const first = tokens.bytes[tokens.offsetOf(element, at)] as number;
  const isPlainLetter = first > 0x20 && first < 0x7f && tokens.isPlain(element, at);
  return !isPlainLetter && idOf(tokens.text(element, at)) === "";
}
