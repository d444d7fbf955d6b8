import type { Column, Encoding, Writer } from "./dataset.ts";
import { isWritable } from "./encode-text.ts";

/** How a table is written as text, separated by semicolons. */
type CsvDialect = {
  encoding: Encoding;
  hasBom: boolean;
  /** Quotes where a value needs them (RFC 4180); false: readers know no quotes, so separators and line ends are replaced. */
  hasQuotes: boolean;
};

/** The dialect of SOR2: UTF-8 with BOM, quotes where needed. */
export const sor2Dialect: CsvDialect = { encoding: "utf-8", hasBom: true, hasQuotes: true };
/** The dialect of `sor.csv`: ISO-8859-1 without quotes. */
export const sorCsvDialect: CsvDialect = { encoding: "iso-8859-1", hasBom: false, hasQuotes: false };

const quoted = (value: string) => (/[;"\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const plain = (value: string) => value.replace(/[\r\n]+/g, " ").replaceAll(";", ",");

/** Writes the rows that `includes` takes as a table with a header line; lines end with CRLF. */
export function csvWriter<Row>(
  dialect: CsvDialect,
  columns: readonly Column<Row>[],
  includes: (row: Row) => boolean = () => true,
): Writer<Row> {
  let replaced = 0;
  const cell = ({ of, isBare }: Column<Row>, row: Row): string => {
    const value = of(row) ?? "";
    if (dialect.hasQuotes) return isBare ? value : quoted(value);
    const written = plain(value);
    if (written !== value || !isWritable(value, dialect.encoding)) replaced += 1;
    return written;
  };
  return {
    begin: () => `${dialect.hasBom ? "\uFEFF" : ""}${columns.map(({ name }) => name).join(";")}\r\n`,
    add: (row) => (includes(row) ? `${columns.map((each) => cell(each, row)).join(";")}\r\n` : ""),
    end: () => "",
    counts: () => ({ replaced, leftOut: 0 }),
  };
}
