import { SaxesParser } from "saxes";
import { type Child, type Element, entityElements, sorTree, unitElements } from "./content-model.ts";
import type { Finding, Rule } from "./faults.ts";
import type { ValueRule } from "./value-rules.ts";

/** Content of an element: texts, elements and lists of elements by name. */
export type SorRecord = { [name: string]: string | SorRecord | (string | SorRecord)[] };

/** A unit's data as in the file; `depth` 0 is an institution owner. */
export type SorUnitRecord = {
  line: number;
  level: "owner" | "institution" | "unit";
  depth: number;
  record: SorRecord;
};

type SorReaderEvents = {
  onSnapshotDate: (day: string) => void;
  onUnit: (unit: SorUnitRecord) => void;
  onFault: (fault: Finding) => void;
};

type Frame = {
  element: Element;
  line: number;
  index: number;
  count: number;
  text: string;
  record: SorRecord;
};

const depthMax = 60;
const silentCharactersMax = 1_000_000;

/**
 * Parses SOR XML version 1 as a stream and checks it against its schema: order, number and length of elements, and every number's
 * check digit. Emits each unit as soon as its data is complete, so that memory does not grow with the file. Continues after a
 * fault where it can; `write` returns false when it cannot.
 */
export class SorReader {
  readonly #events: SorReaderEvents;
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #frames: Frame[] = [];
  #skippedDepth = 0;
  #isBroken = false;
  #isComplete = false;
  #lastEvent = 0;

  constructor(events: SorReaderEvents) {
    this.#events = events;
    const parser = this.#parser;
    parser.on("error", (error) => this.#stop("not-xml", error.message.replace(/^[\d:]+ /, "")));
    parser.on("doctype", () => this.#stop("doctype"));
    parser.on("xmldecl", ({ encoding }) => {
      if (encoding !== undefined && !/^utf-8$/i.test(encoding)) this.#stop("not-utf-8");
    });
    parser.on("text", (text) => this.#text(text));
    parser.on("cdata", (text) => this.#text(text));
    parser.on("opentag", (tag) => this.#tag(1, () => this.#open(tag.local, tag.uri)));
    parser.on("closetag", () => this.#tag(-1, () => this.#close()));
  }

  /** The current line. */
  get line(): number {
    return this.#parser.line;
  }

  /** Parses the next piece of the file; returns false when parsing cannot continue. */
  write(text: string): boolean {
    if (this.#isBroken) return false;
    this.#parser.write(text);
    if (this.#parser.position - this.#lastEvent > silentCharactersMax) this.#stop("too-big");
    return !this.#isBroken;
  }

  /** Must be called at the end of the file. */
  end(): void {
    if (this.#isBroken) return;
    this.#parser.close();
    if (!this.#isComplete) this.#stop("incomplete");
  }

  #fault(rule: Rule, about?: Finding["about"], place = placeOf(this.#frames)): void {
    this.#events.onFault({ line: this.#parser.line, place, rule, about });
  }

  #stop(rule: Rule, about?: Finding["about"]): void {
    if (!this.#isBroken) this.#fault(rule, about);
    this.#isBroken = true;
  }

  #text(text: string): void {
    this.#lastEvent = this.#parser.position;
    const frame = this.#frames.at(-1);
    if (this.#isBroken || this.#skippedDepth > 0 || !frame) return;
    if ("text" in frame.element) frame.text += text;
    else if (/\S/.test(text)) this.#fault("stray-text");
  }

  #tag(step: 1 | -1, inside: () => void): void {
    this.#lastEvent = this.#parser.position;
    if (this.#isBroken) return;
    if (this.#skippedDepth > 0) this.#skippedDepth += step;
    else inside();
  }

  #open(name: string, namespace: string): void {
    const parent = this.#frames.at(-1);
    const isRoot = name === sorTree.name && namespace === sorTree.namespace;
    const isTooDeep = this.#frames.length >= depthMax;
    if (isTooDeep || (!parent && !isRoot)) {
      this.#stop(isTooDeep ? "too-deep" : "not-sor");
      return;
    }
    const element = parent ? this.#enter(parent, name, namespace) : sorTree;
    if (!element) {
      this.#skippedDepth = 1;
      return;
    }
    this.#frames.push({ element, line: this.#parser.line, index: 0, count: 0, text: "", record: {} });
  }

  #enter(parent: Frame, name: string, namespace: string): Element | undefined {
    const place = `${placeOf(this.#frames)}/${name}`;
    const step: Step =
      "text" in parent.element ? { unexpected: "-" } : nextChild(parent, parent.element, name, namespace);
    if ("unexpected" in step) {
      this.#fault("unexpected", step.unexpected, place);
      return undefined;
    }
    if (step.missing !== undefined) this.#fault("missing", step.missing);
    return step.element;
  }

  #close(): void {
    const frame = this.#frames.at(-1);
    if (!frame) return;
    const { element } = frame;
    this.#checkContent(frame);
    this.#frames.pop();
    const level = unitElements.get(element);
    if (level) {
      const depth = this.#frames.filter((each) => entityElements.has(each.element)).length - 1;
      this.#events.onUnit({ line: frame.line, level, depth, record: frame.record });
    } else if (!entityElements.has(element)) keep(this.#frames.at(-1), frame);
    if (element.name === "SnapshotDate") this.#events.onSnapshotDate(frame.text.trim().slice(0, 10));
    if (this.#frames.length === 0) this.#isComplete = true;
  }

  #checkContent(frame: Frame): void {
    const { element } = frame;
    if ("text" in element) {
      const text = frame.text.trim();
      const broken =
        text === "" && element.text("") === undefined ? undefined : ruleOfText(element.text, text);
      if (broken) this.#fault(broken.rule, broken.about);
      return;
    }
    const missing = missingChild(frame, element);
    if (missing !== undefined) this.#fault("missing", missing);
  }
}

function ruleOfText(rule: ValueRule, text: string): ReturnType<ValueRule> {
  return text === "" ? { rule: "empty", about: undefined } : rule(text);
}

function keep(parent: Frame | undefined, { element, text, record }: Frame): void {
  if (!parent || "text" in parent.element) return;
  const content = "text" in element ? text.trim() : record;
  const place = parent.element.children.find((child) => child.element === element);
  if (place && place.max > 1) {
    const list = parent.record[element.name];
    if (Array.isArray(list)) list.push(content);
    else parent.record[element.name] = [content];
  } else {
    parent.record[element.name] = content;
  }
}

type Parent = Extract<Element, { children: readonly Child[] }>;
type Step = { unexpected: string } | { element: Element; missing: string | undefined };

// Advances to the child of that name, unless it does not occur at or after the current position.
function nextChild(frame: Frame, { children, choice }: Parent, name: string, namespace: string): Step {
  const isIt = ({ element }: Child) => element.name === name && element.namespace === namespace;
  const open = children.map((child) => child.element.name);
  if (choice) {
    const child = children.find(isIt);
    if (!child || frame.count > 0) return { unexpected: frame.count > 0 ? "-" : open.join(" | ") };
    frame.count = 1;
    return { element: child.element, missing: undefined };
  }
  let index = frame.index;
  let count = frame.count;
  let missing: string | undefined;
  for (let child = children[index]; child; child = children[index]) {
    if (isIt(child) && count < child.max) {
      Object.assign(frame, { index, count: count + 1 });
      return { element: child.element, missing };
    }
    if (count < child.min) missing ??= child.element.name;
    index += 1;
    count = 0;
  }
  const rest = children.slice(frame.index).map((child) => child.element.name);
  return { unexpected: rest.join(", ") || "-" };
}

function missingChild(frame: Frame, { children, choice }: Parent): string | undefined {
  if (choice) return frame.count === 0 ? children.map((child) => child.element.name).join(" | ") : undefined;
  return children.find((child, i) => child.min > (i < frame.index ? 1 : i === frame.index ? frame.count : 0))
    ?.element.name;
}

// The path from the unit's own element; the enclosing elements only if no element of a unit is open.
function placeOf(frames: readonly Frame[]): string {
  const unit = frames.findIndex((frame) => unitElements.has(frame.element));
  const names = frames.slice(Math.max(unit, frames.length - 4)).map((frame) => frame.element.name);
  return (unit >= 0 ? frames.slice(unit).map((frame) => frame.element.name) : names).join("/") || "file";
}
