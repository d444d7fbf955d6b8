import { decoderFor } from "./charset.ts";
import type { EnvelopeForm } from "./envelope.ts";

/** What a payload is, told from its first bytes. */
export type Recognised = {
  readonly form: EnvelopeForm | "unknown";
  /** Notation below the form. */
  readonly notation: "EDIFACT" | "XML" | "JSON" | "unknown";
  /** WHATWG label of the encoding that a byte order mark or the XML declaration names; for EDIFACT UNB decides. */
  readonly encoding?: string;
};

/** So much of a payload tells its form, whatever comments or blanks stand first. */
export const recogniseHeadBytes = 8192;
/** So much tells it nearly always. */
const usualHeadBytes = 1024;
const unknown: Recognised = { form: "unknown", notation: "unknown" };

/** Tells EDIFACT, MedCom XML, VANSEnvelope, SBDH and FHIR messages (XML or JSON) apart by their first bytes, with the declared encoding. */
export function recognise(bytes: Uint8Array): Recognised {
  const usual = recogniseIn(bytes.subarray(0, usualHeadBytes));
  const isTold = usual.form !== "unknown" || bytes.length <= usualHeadBytes;
  return isTold ? usual : recogniseIn(bytes.subarray(0, recogniseHeadBytes));
}

function recogniseIn(head: Uint8Array): Recognised {
  const byMark = markOf(head);
  const text = asciiOf(head, byMark).trimStart();
  if (/^UN[AB]/.test(text)) return { form: "EDIFACT", notation: "EDIFACT" };
  if (text.startsWith("<")) return recogniseXml(text, byMark);
  if (text.startsWith("{")) return recogniseJson(text, byMark);
  return unknown;
}

/** The encoding a byte order mark or the pattern of the first bytes shows (XML 1.0, appendix F). */
export function markOf(head: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | undefined {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0x3c && b === 0 && c === 0x3f && d === 0) return "utf-16le";
  if (a === 0 && b === 0x3c && c === 0 && d === 0x3f) return "utf-16be";
  return undefined;
}

/** The beginning of a text as far as ASCII goes, which is all that names and declarations hold; marks are left out. */
export function asciiOf(head: Uint8Array, mark: ReturnType<typeof markOf>): string {
  if (mark === "utf-16le" || mark === "utf-16be")
    return decoderFor(mark)
      .decode(head)
      .replace(/^\uFEFF/, "");
  const from = mark === "utf-8" ? 3 : 0;
  return Buffer.from(head.buffer, head.byteOffset + from, head.length - from).toString("latin1");
}

const declaredEncoding = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,39})["']/;
const elementName = /\s*<(?:!DOCTYPE\s+)?(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/y;

/** Local name of the first element after declaration, comments and processing instructions; "" where none is found. */
function rootName(text: string): string {
  let at = 0;
  for (;;) {
    const markup = text.indexOf("<", at);
    const [begin, end] = text.startsWith("<!--", markup) ? ["<!--", "-->"] : ["<?", "?>"];
    if (markup < 0 || !text.startsWith(begin, markup)) break;
    const closed = text.indexOf(end, markup + begin.length);
    if (closed < 0) return "";
    at = closed + end.length;
  }
  elementName.lastIndex = at;
  return elementName.exec(text)?.[1] ?? "";
}

/** The encoding an XML declaration names, in lower case. */
export function declaredXmlEncoding(text: string): string | undefined {
  return declaredEncoding.exec(text)?.[1]?.toLowerCase();
}

const xmlForms: Record<string, EnvelopeForm> = {
  Emessage: "XML",
  VANSEnvelope: "VANSEnvelope",
  StandardBusinessDocument: "SBDH",
  StandardBusinessDocumentHeader: "SBDH",
  Bundle: "FHIR",
};

function recogniseXml(text: string, mark: ReturnType<typeof markOf>): Recognised {
  const encoding = mark ?? declaredXmlEncoding(text) ?? "utf-8";
  const name = rootName(text);
  const form = Object.hasOwn(xmlForms, name) ? xmlForms[name] : undefined;
  if (!form || (form === "FHIR" && !text.includes("http://hl7.org/fhir")))
    return { form: "unknown", notation: "XML", encoding };
  return { form, notation: "XML", encoding };
}

function recogniseJson(text: string, mark: ReturnType<typeof markOf>): Recognised {
  const isBundle = /"resourceType"\s*:\s*"Bundle"/.test(text);
  return { form: isBundle ? "FHIR" : "unknown", notation: "JSON", encoding: mark ?? "utf-8" };
}
