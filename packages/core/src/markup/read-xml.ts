import { SaxesParser } from "saxes";

/** An element that was read: names without prefixes, and its own text without that of its children. */
export type XmlTree = {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlTree[];
  readonly text: string;
};
type XmlFault = "not-well-formed" | "doctype" | "not-utf-8" | "too-deep" | "too-many";

type Open = {
  name: string;
  namespace: string;
  attributes: Record<string, string>;
  children: XmlTree[];
  text: string;
};

class Stopped extends Error {
  readonly fault: XmlFault;
  constructor(fault: XmlFault) {
    super(fault);
    this.fault = fault;
  }
}

function stop(fault: XmlFault): never {
  throw new Stopped(fault);
}

/**
 * Reads a whole XML document into a tree, or says why not. A document type is refused before anything in it is looked at, so that
 * there are no entities; no more is held than the limits allow.
 */
export function readXml(
  text: string,
  { depthMax, elementsMax }: { depthMax: number; elementsMax: number },
): { tree: XmlTree } | { fault: XmlFault } {
  const parser = new SaxesParser({ xmlns: true });
  const open: Open[] = [];
  let tree: XmlTree | undefined;
  let count = 0;
  parser.on("error", () => stop("not-well-formed"));
  parser.on("doctype", () => stop("doctype"));
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !/^utf-8$/i.test(encoding)) stop("not-utf-8");
  });
  parser.on("opentag", ({ local, uri, attributes }) => {
    count += 1;
    if (count > elementsMax) stop("too-many");
    if (open.length >= depthMax) stop("too-deep");
    const values = Object.values(attributes).map((each) => [each.local, each.value] as const);
    open.push({
      name: local,
      namespace: uri,
      attributes: Object.fromEntries(values),
      children: [],
      text: "",
    });
  });
  const addText = (piece: string) => {
    const element = open.at(-1);
    if (element) element.text += piece;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const element = open.pop();
    const parent = open.at(-1);
    if (element && parent) parent.children.push(element);
    else if (element) tree = element;
  });
  try {
    parser.write(text.replace(/^\uFEFF/, "")).close();
  } catch (error) {
    if (error instanceof Stopped) return { fault: error.fault };
    throw error;
  }
  return tree ? { tree } : { fault: "not-well-formed" };
}

/** The first child of that name, in any of the namespaces given. */
export const childOf = (tree: XmlTree, name: string, ...namespaces: readonly string[]): XmlTree | undefined =>
  tree.children.find((child) => child.name === name && namespaces.includes(child.namespace));
