import type { FindingCode } from "../finding-texts.ts";
import type { Attributes } from "./namespaces.ts";
import type { XmlControl, XmlHandlers } from "./xml-reader.ts";

type Children = Readonly<Record<string, Known>>;
/** An element that a form defines; of the elements with the same `choice` a parent may have only one. */
type Known = { readonly isMany: boolean; readonly choice: string | undefined; readonly children: Children };

/** An element that occurs at most once in its parent. */
export const one = (children: Children = {}): Known => ({ isMany: false, choice: undefined, children });
/** An element that may occur any number of times. */
export const many = (children: Children = {}): Known => ({ isMany: true, choice: undefined, children });
/** One of several elements of which the parent may have at most one. */
export const either = (choice: string, children: Children = {}): Known => ({
  isMany: false,
  choice,
  children,
});

/** Matches any element without an entry of its own; its path contains the asterisk. */
const any = "*";

type Node = {
  /** Names from below the root, such as `Message/Data`; "" for the root. */
  readonly path: string;
  /** Bit that records that it has occurred in its parent; 0 if it may occur many times. */
  readonly bit: number;
  readonly children: ReadonlyMap<string, Node>;
  /** For children with any other name. */
  readonly others: Node | undefined;
};

type ElementTree = { readonly root: string; readonly node: Node };

/** The elements that a form defines, below a root of this name. */
export function elementTree(root: string, children: Children): ElementTree {
  return { root, node: nodeOf("", 0, children) };
}

function nodeOf(path: string, bit: number, children: Children): Node {
  const choices = new Map<string, number>();
  const nodes = Object.entries(children).map(([name, known]) => {
    const slot = known.choice ?? `/${name}`;
    if (!known.isMany && !choices.has(slot)) choices.set(slot, 1 << choices.size);
    const below = path === "" ? name : `${path}/${name}`;
    return [name, nodeOf(below, choices.get(slot) ?? 0, known.children)] as const;
  });
  const byName = new Map(nodes);
  return { path, bit, children: byName, others: byName.get(any) };
}

/** A complete element without known children; `text` is trimmed, `at` is where it begins. */
export type Leaf = {
  readonly path: string;
  readonly text: string;
  readonly at: number;
  readonly attributes: Attributes;
};

export type KnownEvents = {
  /** A known element begins at a byte. */
  opened?(path: string, at: number, attributes: Attributes, control: XmlControl): void;
  leaf?(leaf: Leaf, control: XmlControl): void;
  /** A known element that began at a byte has ended. */
  closed?(path: string, at: number, control: XmlControl): void;
  /** A known element is repeated, or is in a foreign namespace; no other event is raised for it. */
  refused(code: FindingCode, path: string, at: number): void;
};

type KnownRules = {
  /** Whether the root may have this namespace. */
  isRoot(uri: string): boolean;
  /** Whether an element may have a namespace that is not the root's. */
  isOther?(uri: string, path: string): boolean;
  /** Elements of this name hold base64 that is not wanted, wherever they are. */
  readonly passed?: string;
};

/**
 * Raises events for the elements that a form defines, if they are in the right place and namespace and not repeated; ignores all
 * others.
 */
export class KnownElements implements XmlHandlers {
  readonly #tree: ElementTree;
  readonly #rules: KnownRules;
  readonly #events: KnownEvents;
  readonly #control: XmlControl;
  /** By depth: which known element is open, where it begins, and which children have occurred in it. */
  readonly #nodes: (Node | undefined)[] = [];
  readonly #starts: number[] = [];
  readonly #seen: number[] = [];
  #rootUri = "";
  /** Depth of the element opened last, if it is known and has not ended; 0 otherwise. */
  #leafDepth = 0;
  #text = "";
  #attributes: Attributes = {};

  constructor(tree: ElementTree, rules: KnownRules, events: KnownEvents, control: XmlControl) {
    this.#tree = tree;
    this.#rules = rules;
    this.#events = events;
    this.#control = control;
  }

  open(name: string, uri: string, depth: number, attributes: Attributes): void {
    this.#leafDepth = 0;
    const node = depth === 1 ? this.#root(name, uri) : this.#child(name, uri, depth);
    this.#nodes[depth] = node;
    if (node) {
      this.#seen[depth + 1] = 0;
      this.#leafDepth = depth;
      this.#text = "";
      this.#attributes = attributes;
      this.#events.opened?.(node.path, this.#starts[depth] as number, attributes, this.#control);
    }
    if (name === this.#rules.passed) this.#control.passText();
  }

  #root(name: string, uri: string): Node | undefined {
    if (name !== this.#tree.root) return undefined;
    this.#rootUri = uri;
    const at = this.#control.elementStart();
    this.#starts[1] = at;
    if (!this.#rules.isRoot(uri)) this.#events.refused("xml-namespace", "", at);
    return this.#tree.node;
  }

  #child(name: string, uri: string, depth: number): Node | undefined {
    const parent = this.#nodes[depth - 1];
    const node = parent && (parent.children.get(name) ?? parent.others);
    if (!node) return undefined;
    const at = this.#control.elementStart();
    this.#starts[depth] = at;
    const isOwn = uri === this.#rootUri || this.#rules.isOther?.(uri, node.path);
    const seen = this.#seen[depth] as number;
    const code = !isOwn ? "element-foreign" : (seen & node.bit) !== 0 ? "element-repeated" : undefined;
    if (!code) this.#seen[depth] = seen | node.bit;
    else this.#events.refused(code, node.path, at);
    return code ? undefined : node;
  }

  text(piece: string): void {
    if (this.#leafDepth > 0) this.#text += piece;
  }

  close(_name: string, depth: number): void {
    const node = this.#nodes[depth];
    if (!node) return;
    const at = this.#starts[depth] as number;
    const { path } = node;
    if (this.#leafDepth === depth) {
      const leaf = { path, text: this.#text.trim(), at, attributes: this.#attributes };
      this.#events.leaf?.(leaf, this.#control);
    }
    this.#leafDepth = 0;
    this.#events.closed?.(path, at, this.#control);
  }
}
