import { SaxesParser } from "saxes";
import { type Cell, cellsMax, TableFault } from "./cells.ts";

const cellLengthMax = 5000;

/** The name of a tag without its namespace's prefix. */
export const localOf = (name: string): string => name.slice(name.indexOf(":") + 1);

/** A parser that ends with `TableFault` at the first fault, and at a document type: a workbook has none. */
export function newParser(): SaxesParser {
  const parser = new SaxesParser();
  parser.on("error", () => {
    throw new TableFault("file-not-xlsx");
  });
  parser.on("doctype", () => {
    throw new TableFault("file-not-xlsx");
  });
  return parser;
}

/** The column of a reference, from 0: A1 is 0, AB7 is 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference.replace(/\d+$/, "")) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

/** A number as a person would write it: a spreadsheet may store 5790000000001 with an exponent. */
function numberText(text: string): string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? String(value) : text;
}

/** Makes rows of a sheet's XML, chunk by chunk. */
export class SheetRows {
  readonly #parser = newParser();
  readonly #strings: readonly string[];
  #ready: Cell[][] = [];
  #row: Cell[] = [];
  #column = 0;
  #type = "";
  #text = "";
  #isValue = false;

  constructor(strings: readonly string[]) {
    this.#strings = strings;
    this.#parser.on("opentag", ({ name, attributes }) => this.#open(localOf(name), attributes as never));
    this.#parser.on("text", (text) => {
      if (this.#isValue && this.#text.length < cellLengthMax) this.#text += text;
    });
    this.#parser.on("closetag", ({ name }) => this.#close(localOf(name)));
  }

  /** The rows that end in this piece of the sheet; those without any text are left out. */
  take(text: string): Cell[][] {
    this.#parser.write(text);
    const rows = this.#ready;
    this.#ready = [];
    return rows.filter((row) => row.some((cell) => cell.text !== ""));
  }

  #open(name: string, attributes: Record<string, string>): void {
    if (name === "row") this.#row = [];
    if (name === "c") {
      this.#column = attributes["r"] === undefined ? this.#row.length : columnOf(attributes["r"]);
      this.#type = attributes["t"] ?? "n";
      this.#text = "";
    }
    if (name === "v" || name === "t") this.#isValue = true;
  }

  #close(name: string): void {
    if (name === "v" || name === "t") this.#isValue = false;
    if (name === "row") this.#ready.push(this.#row);
    if (name !== "c" || this.#column >= cellsMax) return;
    while (this.#row.length < this.#column) this.#row.push({ text: "" });
    this.#row[this.#column] = this.#cell();
  }

  #cell(): Cell {
    if (this.#type === "s") return { text: (this.#strings[Number(this.#text)] ?? "").trim() };
    if (this.#type === "n" && this.#text !== "") return { text: numberText(this.#text), isNumber: true };
    return { text: this.#text.trim() };
  }
}
