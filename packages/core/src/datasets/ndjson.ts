import type { ColumnText, Writer } from "./dataset.ts";

/** A member of a line, with its value for a row. */
export type Member<Row> = ColumnText & { of: (row: Row) => unknown };

/** Writes each row that `includes` takes as one line of JSON, all with the same members in the same order. */
export function ndjsonWriter<Row>(
  members: readonly Member<Row>[],
  includes: (row: Row) => boolean = () => true,
): Writer<Row> {
  return {
    begin: () => "",
    add: (row) => {
      if (!includes(row)) return "";
      const line = Object.fromEntries(members.map(({ name, of }) => [name, of(row) ?? null]));
      return `${JSON.stringify(line)}\n`;
    },
    end: () => "",
    counts: () => ({ replaced: 0, leftOut: 0 }),
  };
}
