import { givesWay } from "../database/index.ts";
import { type Cell, TableFault } from "./cells.ts";
import { localOf, newParser, SheetRows } from "./sheet-rows.ts";
import { unzip } from "./unzip.ts";

const sheetBytesMax = 400 * 1024 * 1024;
const stringsBytesMax = 64 * 1024 * 1024;
const partBytesMax = 1024 * 1024;
const stringsMax = 500_000;
const [workbook, relations, strings] = [
  "xl/workbook.xml",
  "xl/_rels/workbook.xml.rels",
  "xl/sharedStrings.xml",
];
const partSizes: Readonly<Record<string, number>> = {
  [workbook]: partBytesMax,
  [relations]: partBytesMax,
  [strings]: stringsBytesMax,
};

// What can do more than hold values: macros, other files, other programs' data.
const refused: readonly [RegExp, "file-macros" | "file-links"][] = [
  [/vbaProject|\/macrosheets\//i, "file-macros"],
  [/\/externalLinks\/|\/embeddings\/|\/connections\.xml$|\/activeX\//i, "file-links"],
];

/** The rows of the first sheet, in two passes over the packed bytes: the names and texts, then the sheet piece by piece. */
export async function* readXlsx(bytes: Uint8Array): AsyncGenerator<Cell[]> {
  const parts = await readParts(bytes);
  const sheet = sheetOf(parts.tags);
  const rows = new SheetRows(parts.strings);
  const decoder = new TextDecoder();
  const giveWay = givesWay();
  let isFound = false;
  for (const piece of unzip(bytes, (name) => (name === sheet ? sheetBytesMax : undefined))) {
    isFound = true;
    yield* rows.take(decoder.decode(piece.bytes, { stream: true }));
    await giveWay();
  }
  if (!isFound) throw new TableFault("file-not-xlsx");
}

type Tag = { name: string; attributes: Readonly<Record<string, string>> };
type Parts = { tags: Readonly<Record<string, Tag[]>>; strings: string[] };

function refuseParts(name: string): void {
  const fault = refused.find(([pattern]) => pattern.test(name))?.[1];
  if (fault) throw new TableFault(fault);
}

async function readParts(bytes: Uint8Array): Promise<Parts> {
  const tags: Record<string, Tag[]> = { [workbook]: [], [relations]: [] };
  const shared = sharedStrings();
  const parsers = new Map(
    [workbook, relations].map((part) => {
      const parser = newParser();
      parser.on("opentag", ({ name, attributes }) => {
        tags[part]?.push({ name: localOf(name), attributes: attributes as Record<string, string> });
      });
      return [part, parser];
    }),
  ).set(strings, shared.parser);
  const decoders = new Map<string, InstanceType<typeof TextDecoder>>();
  const giveWay = givesWay();
  for (const piece of unzip(bytes, (name) => partSizes[name], refuseParts)) {
    const decoder = decoders.get(piece.name) ?? new TextDecoder();
    decoders.set(piece.name, decoder);
    parsers.get(piece.name)?.write(decoder.decode(piece.bytes, { stream: true }));
    await giveWay();
  }
  return { tags, strings: shared.found };
}

/** The entry of the first sheet in the workbook's order. */
function sheetOf(tags: Parts["tags"]): string {
  const id = tags[workbook]?.find(({ name }) => name === "sheet")?.attributes["r:id"];
  const found = tags[relations]?.find(({ attributes }) => attributes["Id"] === id)?.attributes["Target"];
  if (id === undefined || found === undefined) throw new TableFault("file-not-xlsx");
  return found.startsWith("/") ? found.slice(1) : `xl/${found}`;
}

function sharedStrings() {
  const found: string[] = [];
  let text: string | undefined;
  let isPhonetic = false;
  const parser = newParser();
  parser.on("opentag", ({ name }) => {
    if (localOf(name) === "si") text = "";
    if (localOf(name) === "rPh") isPhonetic = true;
  });
  parser.on("text", (part) => {
    if (text !== undefined && !isPhonetic) text += part;
  });
  parser.on("closetag", ({ name }) => {
    if (localOf(name) === "rPh") isPhonetic = false;
    if (localOf(name) !== "si") return;
    if (found.length >= stringsMax) throw new TableFault("file-too-large");
    found.push(text ?? "");
    text = undefined;
  });
  return { parser, found };
}
