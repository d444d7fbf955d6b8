import type { FindingCode } from "../finding-texts.ts";
import type { Limits } from "../limits.ts";
import { NamespaceScopes } from "./namespaces.ts";
import type { Attributes } from "./xml-reader.ts";

/** The open elements of a document, their names resolved, within the limits on depth, number and attributes. */
export class ElementStack {
  depth = 0;
  /** Of the element opened last. */
  local = "";
  uri = "";
  /** The first name in the document that is not right in its namespaces stands in the element opened last. */
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

  /** Another attribute of the element that is being read. */
  attribute(): FindingCode | undefined {
    return ++this.#attributes > this.#limits.attributesMax ? "xml-too-many-attributes" : undefined;
  }

  open(name: string, attributes: Attributes): FindingCode | undefined {
    const hasAttributes = this.#attributes > 0;
    this.#attributes = 0;
    this.depth++;
    if (this.depth > this.#limits.depthMax) return "xml-too-deep";
    if (++this.#elements > this.#limits.xmlElementsMax) return "xml-too-many-elements";
    const resolved = this.#namespaces.open(name, this.depth, hasAttributes ? attributes : undefined);
    this.local = this.#names[this.depth] = resolved.local;
    this.uri = resolved.uri;
    this.isFirstWrong = this.#isRight && !resolved.isRight;
    this.#isRight &&= resolved.isRight;
    return undefined;
  }

  /** Ends the innermost element; gives its name. */
  close(): string {
    const name = this.#names[this.depth] as string;
    this.#namespaces.close(this.depth);
    this.depth--;
    return name;
  }
}
