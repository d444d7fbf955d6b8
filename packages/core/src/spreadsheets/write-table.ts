import { Zip, ZipDeflate } from "fflate";
import { givesWay } from "../database/index.ts";
import { xmlText } from "../markup/index.ts";

/** The two formats of a table. */
export type TableFormat = "csv" | "xlsx";

/** Rows in a chunk, so that the writers are not called for each. */
const rowsAtOnce = 500;

/**
 * A table as the bytes of a file: CSV as Danish spreadsheets open it (UTF-8 with a byte order mark, `;`, CRLF), or XLSX with text
 * cells only. What a spreadsheet would take for a formula is text in both.
 */
export function writeTable(
  format: TableFormat,
  rows: AsyncIterable<readonly string[]>,
): AsyncGenerator<Uint8Array> {
  return format === "csv" ? bytesOf(csvText(rows)) : xlsxBytes(rows);
}

const formula = /^[=+\-@\t\r]/;

function csvCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

async function* csvText(rows: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  yield "\uFEFF";
  yield* inChunks(rows, (row) => `${row.map(csvCell).join(";")}\r\n`);
}

async function* inChunks(
  rows: AsyncIterable<readonly string[]>,
  textOf: (row: readonly string[]) => string,
): AsyncGenerator<string> {
  let chunk: string[] = [];
  for await (const row of rows) {
    chunk.push(textOf(row));
    if (chunk.length < rowsAtOnce) continue;
    yield chunk.join("");
    chunk = [];
  }
  yield chunk.join("");
}

async function* bytesOf(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const office = "http://schemas.openxmlformats.org";
const type = (of: string) => `application/vnd.openxmlformats-officedocument.spreadsheetml.${of}+xml`;
const relation = (id: string, of: string, target: string) =>
  `<Relationship Id="${id}" Type="${office}/officeDocument/2006/relationships/${of}" Target="${target}"/>`;
const relations = (list: string) =>
  `${head}<Relationships xmlns="${office}/package/2006/relationships">${list}</Relationships>`;

/** The parts of a workbook with one sheet; its second style is text, so that numbers keep their zeros when they are edited. */
const parts: Readonly<Record<string, string>> = {
  "[Content_Types].xml": `${head}<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type("sheet.main")}"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type("worksheet")}"/><Override PartName="/xl/styles.xml" ContentType="${type("styles")}"/></Types>`,
  "_rels/.rels": relations(relation("rId1", "officeDocument", "xl/workbook.xml")),
  "xl/_rels/workbook.xml.rels": relations(
    relation("rId1", "worksheet", "worksheets/sheet1.xml") + relation("rId2", "styles", "styles.xml"),
  ),
  "xl/workbook.xml": `${head}<workbook xmlns="${office}/spreadsheetml/2006/main" xmlns:r="${office}/officeDocument/2006/relationships"><sheets><sheet name="SOR-EDI" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/styles.xml": `${head}<styleSheet xmlns="${office}/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" applyNumberFormat="1"/></cellXfs></styleSheet>`,
};

async function* sheetText(rows: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  yield `${head}<worksheet xmlns="${office}/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="20" width="18" style="1" customWidth="1"/></cols><sheetData>`;
  yield* inChunks(rows, (row) => {
    const cells = row.map((text) =>
      text === ""
        ? '<c s="1"/>'
        : `<c s="1" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`,
    );
    return `<row>${cells.join("")}</row>`;
  });
  yield "</sheetData></worksheet>";
}

const madeAt = new Date(Date.UTC(2026, 0, 1));

async function* xlsxBytes(rows: AsyncIterable<readonly string[]>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  const entry = (name: string) => {
    const file = new ZipDeflate(name, { level: 1 });
    file.mtime = madeAt;
    zip.add(file);
    return file;
  };
  const encoder = new TextEncoder();
  for (const [name, text] of Object.entries(parts)) entry(name).push(encoder.encode(text), true);
  const sheet = entry("xl/worksheets/sheet1.xml");
  const giveWay = givesWay();
  for await (const text of sheetText(rows)) {
    sheet.push(encoder.encode(text));
    yield* ready;
    ready = [];
    await giveWay();
  }
  sheet.push(new Uint8Array(), true);
  zip.end();
  yield* ready;
}
