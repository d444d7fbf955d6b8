import { decoderFor } from "./charset.ts";
import type { Edit } from "./edit-bytes.ts";
import type { InterchangeEnvelope, OwnPlace } from "./envelope.ts";
import { ofEmessage, ofSbdh, ofVansEnvelope, type Renewal } from "./renewals.ts";
import { encodeAscii, type Replacement, replaceInElement } from "./xml/replace-values.ts";

/**
 * Edits that give an interchange in XML or JSON a new envelope id and time. Throws a RangeError if the place of its id is
 * unknown.
 */
export function ownEdits(interchange: InterchangeEnvelope, renewal: Renewal): Edit[] {
  const { own = [] } = interchange;
  if (!own.some(({ what }) => what !== "time")) {
    throw new RangeError("the delivery does not tell where its envelope id stands");
  }
  return own.map((place) => ({
    range: place.range,
    value: (old) => renewedPlace(old, place, interchange, renewal),
  }));
}

function renewedPlace(
  old: Uint8Array,
  { what }: OwnPlace,
  { form, notation, encoding }: InterchangeEnvelope,
  renewal: Renewal,
): Uint8Array {
  const element = (replace: Replacement, parent: string) =>
    replaceInElement(old, { encoding, parent }, replace);
  switch (form) {
    case "XML":
      return element(ofEmessage(renewal), "/Emessage");
    case "VANSEnvelope":
      return element(ofVansEnvelope(renewal), "/VANSEnvelope");
    case "SBDH":
      return element(ofSbdh(renewal), "/StandardBusinessDocument");
    case "FHIR": {
      const value = what === "id" ? renewal.reference : renewal.preparedAt;
      return notation === "XML" ? withValue(old, encoding, value) : encodeAscii(value, encoding);
    }
    case "EDIFACT":
      throw new TypeError("EDIFACT has its id and time in UNB");
  }
}

/** A FHIR element with another value. */
function withValue(element: Uint8Array, encoding: string, value: string): Uint8Array {
  const isWide = encoding.startsWith("utf-16");
  const text = decoderFor(isWide ? encoding : "windows-1252").decode(element);
  const match = /^[^>]*?\svalue\s*=\s*(?:"([^"]*)"|'([^']*)')/d.exec(text);
  const [start, end] = match?.indices?.[1] ?? match?.indices?.[2] ?? [];
  if (start === undefined || end === undefined) return element;
  const width = isWide ? 2 : 1;
  const [before, after] = [element.subarray(0, start * width), element.subarray(end * width)];
  return Uint8Array.from([...before, ...encodeAscii(value, encoding), ...after]);
}
