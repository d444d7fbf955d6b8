import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { type TableFormat, writeTable } from "@sor/core/spreadsheets";

const types = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} satisfies Record<TableFormat, string>;

/** The rows, each made as in the request: its words are in the request's language also after the answer has begun. */
function inRequest<Row>(rows: AsyncIterable<Row>): AsyncIterable<Row> {
  const run = AsyncLocalStorage.snapshot();
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = rows[Symbol.asyncIterator]();
      return {
        next: () => run(() => iterator.next()),
        return: (value) => run(async () => await (iterator.return?.(value) ?? { done: true, value })),
      };
    },
  };
}

/** A table as a file to download, written while it is sent. */
export function fileAnswer(
  name: string,
  format: TableFormat,
  rows: AsyncIterable<readonly string[]>,
): Response {
  return new Response(Readable.toWeb(Readable.from(writeTable(format, inRequest(rows)))) as BodyInit, {
    headers: {
      "content-type": types[format],
      "content-disposition": `attachment; filename="${name}.${format}"`,
      "cache-control": "private, no-store",
    },
  });
}
