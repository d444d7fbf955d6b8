import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { type Attributes, NamespaceScopes } from "./namespaces.ts";

/** The open elements of a document with resolved names, within the limits on depth, number and attributes. */
export class ElementStack {
  depth = 0;
  /** Of the element opened last. */
  local = "";
  uri = "";
  /** The first name in the document that violates namespace rules is in the element opened last. */
  isFirstWrong = false;
  readonly #limits: Limits;
  readonly #names: string[] = [];
  readonly #namespaces = new NamespaceScopes();
  #attributes = 0;
  #elements = 0;
  #isRight = true;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts another attribute of the element that is being read. */
  attribute(): FindingCode | undefined {
    return ++this.#attributes > this.#limits.attributesMax ? "xml-too-many-attributes" : undefined;
  }

  open(name: string, attributes: Attributes): FindingCode | undefined {
    const depth = ++this.depth;
    if (depth > this.#limits.depthMax) return "xml-too-deep";
    if (++this.#elements > this.#limits.xmlElementsMax) return "xml-too-many-elements";
    if (this.#attributes > 0 || name.includes(":")) this.#resolve(name, attributes);
    else {
      this.local = name;
      this.uri = this.#namespaces.unprefixed;
      this.isFirstWrong = false;
    }
    this.#names[depth] = this.local;
    return undefined;
  }

  #resolve(name: string, attributes: Attributes): void {
    const resolved = this.#namespaces.open(name, this.depth, this.#attributes > 0 ? attributes : undefined);
    this.#attributes = 0;
    this.local = resolved.local;
    this.uri = resolved.uri;
    this.isFirstWrong = this.#isRight && !resolved.isRight;
    this.#isRight &&= resolved.isRight;
  }

  /** Closes the innermost element; returns its name. */
  close(): string {
    const name = this.#names[this.depth] as string;
    if (this.#namespaces.declaredAt === this.depth) this.#namespaces.close();
    this.depth--;
    return name;
  }
}
