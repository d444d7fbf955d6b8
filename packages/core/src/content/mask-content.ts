// What is not known to be structure is masked: a text that cannot be parsed is masked completely.

const letters = /\p{L}/gu;
const digits = /\p{N}/gu;

/** A text with its letters and digits masked; length, blanks and punctuation stay. */
const masked = (text: string): string => text.replace(letters, "x").replace(digits, "0");

/** A name that is kept; a name may not carry a number of a person either. */
const keptName = (text: string): string => text.replaceAll(/\d{5,}/g, (run) => "0".repeat(run.length));

const serviceTags: ReadonlySet<string> = new Set(["UNA", "UNB", "UNG", "UNH", "BGM", "UNT", "UNE", "UNZ"]);
// A qualifier says what a segment is about (NAD+PAT); the standard gives it at most three characters.
const qualifier = /^[A-Z0-9]{1,3}$/;

/** The data elements of an EDIFACT segment, all masked but service segments and the leading qualifier (ISO 9735). */
export function maskElements(
  tag: string,
  elements: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  if (serviceTags.has(tag)) return elements;
  return elements.map((components, element) =>
    components.map((text, at) => (element === 0 && at === 0 && qualifier.test(text) ? text : masked(text))),
  );
}

const name = "[A-Za-z_][\\w.-]{0,80}(?::[A-Za-z_][\\w.-]{0,80})?";
const attributes = `(?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*`;
const xmlTag = new RegExp(`^<(?:/${name}\\s*|${name}${attributes}\\s*/?)>`);
const attributeValue = /(\s([\w.:-]+)\s*=\s*)("[^"<]*"|'[^'<]*')/g;

/** XML with every text and attribute value masked; names and namespaces stay. */
export function maskXml(text: string): string {
  let result = "";
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(">", at);
    const head =
      text[at] === "<" && end >= 0 ? (xmlTag.exec(text.slice(at, at + tagCharactersMax))?.[0] ?? "") : "";
    if (head !== "") {
      result += maskTag(head);
      at += head.length;
      continue;
    }
    const next = text.indexOf("<", at + 1);
    const upTo = next < 0 ? text.length : next;
    result += masked(text.slice(at, upTo));
    at = upTo;
  }
  return result;
}

const tagCharactersMax = 4000;

function maskTag(tag: string): string {
  return keptName(
    tag.replace(attributeValue, (_, before: string, attribute: string, value: string) =>
      attribute === "xmlns" || attribute.startsWith("xmlns:") ? before + value : before + masked(value),
    ),
  );
}

const jsonKey = /^"[A-Za-z_]\w{0,60}"$/;

/** JSON with every value masked but resource types; member names stay. */
export function maskJson(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[^"]+|"/gs, (part, quoted?: string, colon?: string) => {
    if (quoted !== undefined && colon !== undefined && jsonKey.test(quoted)) return keptName(part);
    return masked(part);
  });
}
