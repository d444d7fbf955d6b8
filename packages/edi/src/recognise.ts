import type { EnvelopeForm } from "./envelope.ts";
import { isBundleJson } from "./fhir/recognise-json.ts";
import { isCompressed, isEbcdic, isMime, type UnknownKind } from "./form-unknown.ts";
import { asciiOf, declaredXmlEncoding, type EncodingMark, markOf } from "./xml/declared-encoding.ts";

/** What a payload is, determined from its first bytes. */
export type Recognised = {
  readonly form: EnvelopeForm | "unknown";
  /** Notation of the form. */
  readonly notation: "EDIFACT" | "XML" | "JSON" | "unknown";
  /** WHATWG label of the encoding named by a byte order mark or the XML declaration; for EDIFACT UNB decides. */
  readonly encoding?: string;
};

/**
 * What the beginning of a payload shows. Whether JSON is FHIR is only known after its members; for an unknown form, what it seems
 * to be.
 */
export type Head = Recognised & { readonly seems?: UnknownKind | "EDIFACT" };

/** How many bytes are examined, in increasing steps, until the form is known, whatever comments or blanks come first. */
export const headBytes = [8192, 65_536, 1_048_576] as const;
/** Enough in nearly all cases. */
const usualHeadBytes = 1024;

/**
 * Tells EDIFACT, MedCom XML, VANSEnvelope, SBDH and FHIR messages (XML or JSON) apart by their first bytes, with the declared
 * encoding; JSON by its member `resourceType`, wherever that is.
 */
export function recognise(bytes: Uint8Array): Recognised {
  const { seems: _, ...recognised } = recogniseHead(bytes);
  if (recognised.notation !== "JSON" || recognised.form === "unknown") return recognised;
  return isBundleJson(bytes) ? recognised : { ...recognised, form: "unknown" };
}

/** What the beginning of a whole payload shows. */
export function recogniseHead(bytes: Uint8Array): Head {
  for (const size of [usualHeadBytes, ...headBytes]) {
    const head = headOf(bytes.subarray(0, size), bytes.length <= size ? "whole" : "cut");
    if (head) return head;
  }
  return unrecognised(bytes);
}

/** The result for a beginning from which the form cannot be determined. */
export function unrecognised(head: Uint8Array): Head {
  return headOf(head.subarray(0, headBytes[2]), "whole") ?? unknown("other");
}

const unknown = (seems: Head["seems"]): Head => ({
  form: "unknown",
  notation: "unknown",
  ...(seems && { seems }),
});

/** What a beginning shows; undefined if it is cut off before it shows anything. */
export function headOf(head: Uint8Array, extent: "whole" | "cut"): Head | undefined {
  const mark = markOf(head);
  const text = withoutLeadingBlanks(asciiOf(head, mark));
  if (text === "" && extent === "cut") return undefined;
  const wide = wideEdifact(head, mark, text);
  if (wide) return { form: "EDIFACT", notation: "EDIFACT", encoding: wide };
  if (/^UN[AB]/.test(text)) return { form: "EDIFACT", notation: "EDIFACT" };
  if (text.startsWith("<")) return xmlHead(text, mark, extent);
  // For an object the members decide, in any order; a message is one object.
  if (text.startsWith("{")) return { form: "FHIR", notation: "JSON", encoding: mark ?? "utf-8" };
  if (text.startsWith("[")) return { ...unknown("JSON"), notation: "JSON", encoding: mark ?? "utf-8" };
  return unknown(seemsOf(head, text));
}

/** NUL and the end-of-file mark 0x1A count as blanks. */
function withoutLeadingBlanks(text: string): string {
  let at = 0;
  while (at < text.length && (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xa0)) at++;
  return text.slice(at);
}

/** The encoding of EDIFACT in UTF-16, which EDIFACT does not allow. */
function wideEdifact(head: Uint8Array, mark: EncodingMark, text: string): string | undefined {
  if (mark?.startsWith("utf-16")) return /^UN[AB]/.test(text) ? mark : undefined;
  const [a, b, c, d] = head;
  if (a === 0x55 && b === 0 && c === 0x4e && d === 0) return "utf-16le";
  return a === 0 && b === 0x55 && c === 0 && d === 0x4e ? "utf-16be" : undefined;
}

function seemsOf(head: Uint8Array, text: string): Head["seems"] {
  if (isMime(text)) return "MIME";
  if (isCompressed(head)) return "compressed";
  if (isEbcdic(head)) return "EBCDIC";
  // A fragment, or a damaged beginning: the EDIFACT reader reports what is wrong.
  return text === "" || /^[A-Z][A-Z0-9]{0,2}(?:[^A-Za-z0-9]|$)/.test(text) ? "EDIFACT" : "other";
}

const firstElement = /^<(?:!DOCTYPE\s+)?(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/;
/** `<!DOCTYPE` or a prefix, and what follows: something longer without a name is not an element. */
const beginningMax = 64;

/**
 * Local name of the first element after declaration, comments and processing instructions, "" if there is none; `end` is where it
 * ends, or the end of the text if that cuts it off.
 */
function rootName(text: string): { name: string; end: number } {
  let at = 0;
  for (;;) {
    const markup = text.indexOf("<", at);
    const [begin, end] = text.startsWith("<!--", markup) ? ["<!--", "-->"] : ["<?", "?>"];
    if (markup < 0 || !text.startsWith(begin, markup)) break;
    const closed = text.indexOf(end, markup + begin.length);
    if (closed < 0) return { name: "", end: text.length };
    at = closed + end.length;
  }
  const rest = text.slice(at).trimStart();
  const match = firstElement.exec(rest);
  if (match) return { name: match[1] ?? "", end: text.length - rest.length + match[0].length };
  return { name: "", end: rest.length > beginningMax ? at : text.length };
}

const xmlForms: Record<string, EnvelopeForm> = {
  Emessage: "XML",
  VANSEnvelope: "VANSEnvelope",
  StandardBusinessDocument: "SBDH",
  StandardBusinessDocumentHeader: "SBDH",
  Bundle: "FHIR",
};

function xmlHead(text: string, mark: EncodingMark, extent: "whole" | "cut"): Head | undefined {
  const encoding = mark ?? declaredXmlEncoding(text)?.name ?? "utf-8";
  const { name, end } = rootName(text);
  if (end >= text.length && extent === "cut") return undefined;
  const form = Object.hasOwn(xmlForms, name) ? xmlForms[name] : undefined;
  const isFhir = form === "FHIR" && text.includes("http://hl7.org/fhir");
  if (form === "FHIR" && !isFhir && extent === "cut" && !text.includes(">", end)) return undefined;
  if (form && (form !== "FHIR" || isFhir)) return { form, notation: "XML", encoding };
  return { ...unknown("XML"), notation: "XML", encoding };
}
