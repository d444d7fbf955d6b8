import { Readable } from "node:stream";
import { type TableFormat, writeTable } from "@sor/core/spreadsheets";

const types = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} satisfies Record<TableFormat, string>;

/** A table as a file to download, written while it is sent. */
export function fileAnswer(
  name: string,
  format: TableFormat,
  rows: AsyncIterable<readonly string[]>,
): Response {
  return new Response(Readable.toWeb(Readable.from(writeTable(format, rows))) as BodyInit, {
    headers: {
      "content-type": types[format],
      "content-disposition": `attachment; filename="${name}.${format}"`,
      "cache-control": "private, no-store",
    },
  });
}
