declare module "edifact/parser.js" {
  /** The published parser that this reader is compared with. */
  export default class Parser {
    constructor(validator?: unknown);
    encoding(level: string): void;
    on(event: "opensegment" | "component", listener: (text: string) => void): this;
    on(event: "element" | "closesegment", listener: () => void): this;
    write(chunk: string): void;
    end(): void;
  }
}
