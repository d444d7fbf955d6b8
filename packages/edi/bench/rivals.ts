import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

type Emitting = {
  on(event: string, listener: (text: string) => void): void;
  write(text: string): void;
  end(): void;
  encoding?(level: string): void;
};

const Edifact = load("edifact/parser.js") as new () => Emitting;
const { Parser: TsEdifact } = load("ts-edifact/lib/parser.js") as {
  Parser: new (settings: object) => Emitting;
};
const { Configuration } = load("ts-edifact/lib/configuration.js") as {
  Configuration: new (given: object) => object;
};
const { NullValidator } = load("ts-edifact/lib/validator.js") as { NullValidator: new () => object };

export type Rival = "edifact" | "ts-edifact";

const opened: Record<Rival, string> = { edifact: "opensegment", "ts-edifact": "openSegment" };

function made(kind: Rival): Emitting {
  if (kind === "ts-edifact")
    return new TsEdifact(new Configuration({ charset: "UNOC", validator: new NullValidator() }));
  const parser = new Edifact();
  parser.encoding?.("UNOC");
  return parser;
}

/** Callbacks only: what they carry is looked at and dropped. */
export function callbacks(kind: Rival, bytes: Uint8Array): number {
  const parser = made(kind);
  let sum = 0;
  parser.on(opened[kind], () => sum++);
  parser.on("element", () => sum++);
  parser.on("component", (value) => {
    sum += value.length;
  });
  parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
  parser.end();
  return sum;
}

/** A tree of segments, dropped when a message ends. */
export function tree(kind: Rival, bytes: Uint8Array): number {
  const parser = made(kind);
  let segments: { name: string; elements: string[][] }[] = [];
  let elements: string[][] = [];
  let components: string[] = [];
  let sum = 0;
  parser.on(opened[kind], (name) => {
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
