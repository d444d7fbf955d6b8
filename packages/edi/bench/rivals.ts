import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

type Emitting = {
  on(event: string, listener: (text: string) => void): void;
  write(text: string): void;
  end(): void;
  encoding?(level: string): void;
};

const Edifact = load("edifact/parser.js") as new () => Emitting;

function made(): Emitting {
  const parser = new Edifact();
  parser.encoding?.("UNOC");
  return parser;
}

/** Callbacks only: reads their values and drops them. */
export function callbacks(bytes: Uint8Array): number {
  const parser = made();
  let sum = 0;
  parser.on("opensegment", () => sum++);
  parser.on("element", () => sum++);
  parser.on("component", (value) => {
    sum += value.length;
  });
  parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
  parser.end();
  return sum;
}

/** A tree of segments, dropped when a message ends. */
export function tree(bytes: Uint8Array): number {
  const parser = made();
  let segments: { name: string; elements: string[][] }[] = [];
  let elements: string[][] = [];
  let components: string[] = [];
  let sum = 0;
  parser.on("opensegment", (name) => {
    elements = [];
    if (name === "UNH") segments = [];
    segments.push({ name, elements });
    sum++;
  });
  parser.on("element", () => {
    components = [];
    elements.push(components);
  });
  parser.on("component", (value) => components.push(value));
  parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
  parser.end();
  return sum;
}
