import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type Cell, readTable, TableFault, type TableFormat, writeTable } from "./index.ts";

async function* rowsOf(rows: readonly (readonly string[])[]) {
  yield* rows;
}

async function fileOf(format: TableFormat, rows: readonly (readonly string[])[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of writeTable(format, rowsOf(rows))) parts.push(part);
  return Buffer.concat(parts);
}

async function read(bytes: Buffer): Promise<string[][]> {
  const rows: Cell[][] = [];
  for await (const row of readTable(bytes)) rows.push(row);
  return rows.map((row) => row.map(({ text }) => text));
}

const faultOf = async (bytes: Buffer) =>
  await read(bytes).then(
    () => "read",
    (error: unknown) => (error instanceof TableFault ? error.fault : error),
  );

const awkward = [
  ["Navn", "Værdi"],
  ['Ærø; "Øst"', "0057"],
  ["=1+1", "+45"],
  ["-", "@a"],
  ["linje\nto", "<b>&amp;"],
];

describe.each<TableFormat>(["csv", "xlsx"])("%s", (format) => {
  test("what is written is read again, with zeros, quotes, line ends and what looks like a formula", async () => {
    expect(await read(await fileOf(format, awkward))).toEqual(awkward);
  });

  test("a cell that a spreadsheet would take for a formula is text in the file", async () => {
    const bytes = await fileOf(format, [["=cmd|' /C calc'!A0"]]);
    if (format === "csv") expect(bytes.toString()).toContain("'=cmd");
    else expect(bytes.includes("<f>")).toBe(false);
  });
});

describe("CSV by hand", () => {
  test.each<[string, Buffer]>([
    ["Latin-1 with semicolons", Buffer.from("Første dag;Ø\r\n1;2\r\n", "latin1")],
    ["UTF-8 with commas", Buffer.from("Første dag,Ø\n1,2")],
    ["UTF-8 with a mark and tabs", Buffer.from("\uFEFFFørste dag\tØ\n1\t2")],
    ["UTF-16 as spreadsheets save text", Buffer.from("\uFEFFFørste dag\tØ\r\n1\t2", "utf16le")],
    ["quoted with a separator inside", Buffer.from('"Første dag";"Ø"\n"1";2\n')],
  ])("%s is recognised", async (_name, bytes) => {
    expect(await read(bytes)).toEqual([
      ["Første dag", "Ø"],
      ["1", "2"],
    ]);
  });

  test.each<[string, string, Buffer]>([
    ["a quote that never ends", "file-quotes", Buffer.from(`a;b\n"${"x".repeat(200_000)}`)],
    ["bytes of a program", "file-not-a-table", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1])],
  ])("%s is refused", async (_name, fault, bytes) => {
    expect(await faultOf(bytes)).toBe(fault);
  });
});

const workbook = '<workbook xmlns:r="x"><sheets><sheet name="A" r:id="rId9"/></sheets></workbook>';
const relations =
  '<Relationships><Relationship Id="rId9" Target="/xl/worksheets/first.xml"/></Relationships>';
const sheet = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;

/** A workbook as other programs write it: parts in any order. */
function workbookOf(rows: string, more: Record<string, string> = {}): Buffer {
  const parts = {
    "xl/worksheets/first.xml": sheet(rows),
    "xl/_rels/workbook.xml.rels": relations,
    "xl/workbook.xml": workbook,
    "xl/sharedStrings.xml": "<sst><si><t>Delt</t></si><si><r><t>To </t></r><r><t>dele</t></r></si></sst>",
    ...more,
  };
  const packed = Object.entries(parts).map(([name, text]) => [name, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(packed)));
}

describe("XLSX of other programs", () => {
  test("shared and inline strings, formulas' values, empty cells and numbers with an exponent are read", async () => {
    const rows =
      '<row><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row><row/>' +
      '<row><c r="A3"><v>5.790000000001E12</v></c><c r="B3" t="str"><f>A1</f><v>F</v></c><c r="C3" t="inlineStr"><is><t>i</t></is></c></row>';
    expect(await read(workbookOf(rows))).toEqual([
      ["Delt", "", "To dele"],
      ["5790000000001", "F", "i"],
    ]);
  });

  test.each<[string, string, Buffer]>([
    ["macros", "file-macros", workbookOf("", { "xl/vbaProject.bin": "x" })],
    ["links to other files", "file-links", workbookOf("", { "xl/externalLinks/externalLink1.xml": "<a/>" })],
    ["connections to databases", "file-links", workbookOf("", { "xl/connections.xml": "<a/>" })],
    [
      "a document type",
      "file-not-xlsx",
      workbookOf("", { "xl/workbook.xml": `<!DOCTYPE a [<!ENTITY b "c">]>${workbook}` }),
    ],
    ["broken XML", "file-not-xlsx", workbookOf("<row><c></row>")],
    ["no sheet", "file-not-xlsx", workbookOf("", { "xl/workbook.xml": "<workbook/>" })],
    ["the half of it missing", "file-not-xlsx", workbookOf("<row/>").subarray(0, 150)],
    ["the old format", "file-old-excel", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0])],
    [
      "a thousand parts",
      "file-too-large",
      workbookOf("", Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`x/${n}.xml`, ""]))),
    ],
  ])("%s is refused", async (_name, fault, bytes) => {
    expect(await faultOf(bytes)).toBe(fault);
  });

  test("a part that unpacks to more than it may is refused while it is unpacked", async () => {
    const bomb = workbookOf("", {
      "xl/sharedStrings.xml": `<sst><si><t>${"a".repeat(80_000_000)}</t></si></sst>`,
    });
    expect(bomb.length).toBeLessThan(200_000);
    expect(await faultOf(bomb)).toBe("file-too-large");
  });
});
