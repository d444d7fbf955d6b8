import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { type Cell, cellsMax, TableFault } from "./cells.ts";

const recordBytesMax = 64 * 1024;
const chunkBytes = 64 * 1024;

/** The name of the encoding: what the byte order mark says, UTF-8 where the bytes are that, or else Latin-1 as Windows has it. */
function encodingOf(bytes: Buffer): "utf-8" | "utf-16le" | "windows-1252" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return isUtf8(bytes) ? "utf-8" : "windows-1252";
}

function* textOf(bytes: Buffer): Generator<string> {
  const decoder = new TextDecoder(encodingOf(bytes));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield decoder.decode(bytes.subarray(at, at + chunkBytes), { stream: true });
  }
  yield decoder.decode();
}

/** The separator: what stands most often in the first line, outside quotes. */
function separatorOf(bytes: Buffer): string {
  const [start = ""] = textOf(bytes.subarray(0, chunkBytes));
  const [line = ""] = start.replaceAll(/"[^"]*"/g, "").split(/\r?\n/);
  const counts = [";", ",", "\t", "|"].map((each) => ({ each, count: line.split(each).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.each ?? ";";
}

/** The rows of a CSV file; an apostrophe before what a spreadsheet would take for a formula is left out. */
export async function* readCsv(bytes: Buffer): AsyncGenerator<Cell[]> {
  if (bytes.subarray(0, chunkBytes).includes(0) && encodingOf(bytes) !== "utf-16le") {
    throw new TableFault("file-not-a-table");
  }
  const parser = parse({
    delimiter: separatorOf(bytes),
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: recordBytesMax,
  });
  try {
    for await (const record of Readable.from(textOf(bytes)).compose(parser) as AsyncIterable<string[]>) {
      yield record.slice(0, cellsMax).map((text) => ({ text: text.replace(/^'(?=[=+\-@])/, "").trim() }));
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new TableFault("file-quotes");
  }
}
