import type { Attributes } from "./namespaces.ts";
import type { XmlControl, XmlHandlers } from "./xml-reader.ts";

type CollectorEvents = {
  /** An element begins; its path consists of local names. */
  opened?(path: string, depth: number, attributes: Attributes, control: XmlControl): void;
  /** An element without child elements has ended. */
  leaf?(leaf: { readonly path: string; readonly text: string }): void;
};

/**
 * Converts events to paths and complete texts of all elements, whatever their namespace; only elements without children have a
 * text.
 */
export function collector(events: CollectorEvents): (control: XmlControl) => XmlHandlers {
  return (control) => {
    const paths: string[] = [""];
    let text = "";
    let isLeaf = false;
    return {
      open(name, _uri, depth, attributes) {
        const path = `${paths[depth - 1]}/${name}`;
        paths[depth] = path;
        text = "";
        isLeaf = true;
        events.opened?.(path, depth, attributes, control);
      },
      text(piece) {
        if (isLeaf) text += piece;
      },
      close(_name, depth) {
        if (isLeaf) events.leaf?.({ path: paths[depth] as string, text: text.trim() });
        isLeaf = false;
      },
    };
  };
}
