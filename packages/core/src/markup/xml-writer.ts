import { xmlAttribute, xmlText } from "./characters.ts";

/** Attributes by name; those without a value are left out. */
export type XmlAttributes = Readonly<Record<string, string | undefined>>;

export type XmlElement = {
  readonly name: string;
  readonly content: string | readonly XmlNode[];
  readonly attributes: XmlAttributes;
};

/** An element, text, or nothing. */
export type XmlNode = XmlElement | string | undefined;

const qualifiedName = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;

/**
 * An element with its content (text or nodes) and attributes; nothing if the content is undefined, so that optional values need no
 * condition. The names are checked when it is written.
 */
export function element(
  name: string,
  content: string | readonly XmlNode[],
  attributes?: XmlAttributes,
): XmlElement;
export function element(
  name: string,
  content: string | readonly XmlNode[] | undefined,
  attributes?: XmlAttributes,
): XmlElement | undefined;
export function element(
  name: string,
  content: string | readonly XmlNode[] | undefined,
  attributes: XmlAttributes = {},
): XmlElement | undefined {
  return content === undefined ? undefined : { name, content, attributes };
}

function startTag(name: string, attributes: XmlAttributes): string {
  let tag = `<${checked(name)}`;
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) tag += ` ${checked(key)}="${xmlAttribute(value)}"`;
  }
  return tag;
}

function checked(name: string): string {
  if (!qualifiedName.test(name)) throw new TypeError("not a name of an XML element or attribute");
  return name;
}

const holdsText = (content: readonly XmlNode[]) => content.some((node) => typeof node === "string");

function written(node: XmlNode): string {
  if (node === undefined) return "";
  if (typeof node === "string") return xmlText(node);
  const { name, content, attributes } = node;
  const start = startTag(name, attributes);
  const lineEnd = typeof content === "string" || holdsText(content) ? "" : "\n";
  let inside = lineEnd;
  if (typeof content === "string") inside = xmlText(content);
  else for (const child of content) if (child !== undefined) inside += written(child) + lineEnd;
  return inside.length === lineEnd.length ? `${start}/>` : `${start}>${inside}</${name}>`;
}

/**
 * Writes one XML 1.0 document in UTF-8 piece by piece, however large it gets: `take` returns what was written since the last piece.
 * Elements stand on lines of their own where there is no text beside them. Text may hold any characters: markup is escaped, and what
 * XML forbids is left out. Throws a TypeError for names that are none, and for elements that are not closed or closed twice.
 */
export class XmlWriter {
  #text = '<?xml version="1.0" encoding="UTF-8"?>\n';
  #isComplete = false;
  readonly #open: string[] = [];

  /** Starts an element whose children follow. */
  open(name: string, attributes: XmlAttributes = {}): void {
    this.#begin();
    this.#text += `${startTag(name, attributes)}>\n`;
    this.#open.push(name);
  }

  /** Writes a whole element; nothing if it is undefined. */
  write(node: XmlElement | undefined): void {
    if (node === undefined) return;
    this.#begin();
    this.#text += `${written(node)}\n`;
    this.#isComplete = this.#open.length === 0;
  }

  /** Ends the innermost open element. */
  close(): void {
    const name = this.#open.pop();
    if (name === undefined) throw new TypeError("no XML element is open");
    this.#text += `</${name}>\n`;
    this.#isComplete = this.#open.length === 0;
  }

  /** What was written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** The last piece. Throws a TypeError if the document is not complete. */
  end(): string {
    if (!this.#isComplete) throw new TypeError("the XML document is not complete");
    return this.take();
  }

  #begin(): void {
    if (this.#isComplete) throw new TypeError("an XML document has one outermost element");
  }
}

/** A whole document as text, for documents that fit into memory. */
export function xmlDocument(root: XmlElement): string {
  const writer = new XmlWriter();
  writer.write(root);
  return writer.end();
}
