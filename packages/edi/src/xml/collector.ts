import type { OwnPlace } from "../envelope.ts";
import type { Attributes, XmlControl, XmlHandlers } from "./xml-reader.ts";

/** What a form's reader sees of an element once its text is complete. */
export type Collected = { readonly path: string; readonly text: string; readonly attributes: Attributes };

export type CollectorEvents = {
  /** An element begins; its path is made of local names. */
  opened?(path: string, depth: number, at: number, attributes: Attributes, control: XmlControl): void;
  /** An element without child elements has ended. */
  leaf(leaf: Collected, control: XmlControl): void;
  closed?(path: string, depth: number, end: number, control: XmlControl): void;
};

/** Turns events into paths and whole texts, kept for elements without children only. */
export function collector(events: CollectorEvents): (control: XmlControl) => XmlHandlers {
  return (control) => {
    const paths: string[] = [""];
    let text = "";
    let isLeaf = false;
    let last: Attributes = {};
    return {
      open(name, depth, attributes, at) {
        const path = `${paths[depth - 1]}/${name}`;
        paths[depth] = path;
        text = "";
        isLeaf = true;
        last = attributes;
        events.opened?.(path, depth, at, attributes, control);
      },
      text(piece) {
        if (isLeaf) text += piece;
      },
      close(_, depth, end) {
        const path = paths[depth] as string;
        if (isLeaf) events.leaf({ path, text: text.trim(), attributes: last }, control);
        isLeaf = false;
        events.closed?.(path, depth, end, control);
      },
    };
  };
}

/** Notes where the elements stand, next below the outermost, that hold an envelope's own id and time. */
export class OwnPlaces {
  readonly found: OwnPlace[] = [];
  readonly #wanted: Readonly<Record<string, OwnPlace["what"]>>;
  #start = 0;

  /** What each path holds. */
  constructor(wanted: Readonly<Record<string, OwnPlace["what"]>>) {
    this.#wanted = wanted;
  }

  opened(depth: number, at: number): void {
    if (depth === 2) this.#start = at;
  }

  closed(path: string, depth: number, end: number): void {
    if (depth !== 2 || !Object.hasOwn(this.#wanted, path)) return;
    const what = this.#wanted[path];
    if (what) this.found.push({ what, range: { start: this.#start, end } });
  }
}
