import { type Cell, TableFault } from "./cells.ts";
import { readCsv } from "./read-csv.ts";
import { readXlsx } from "./read-xlsx.ts";

/**
 * The rows of a CSV or XLSX file (its first sheet), one at a time, by what the bytes are, whatever the file is called. The caller
 * stops when it has enough. Throws `TableFault`.
 */
export function readTable(bytes: Buffer): AsyncIterable<Cell[]> {
  const isZip = bytes.subarray(0, 4).equals(Buffer.from("PK\u0003\u0004", "latin1"));
  const isOldExcel = bytes.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]));
  if (isOldExcel) throw new TableFault("file-old-excel");
  return isZip ? readXlsx(bytes) : readCsv(bytes);
}
