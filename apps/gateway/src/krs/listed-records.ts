import { crc32 } from "node:zlib";
import { ownColumns, readSource } from "@sor/core/datasets";
import type { Reading } from "@sor/core/register-log";
import type { Datatype, FeedRecord } from "./records.ts";

type Fields = FeedRecord["fields"];

/**
 * Lists that are small and read whole: the first number of a place names the list by its content, so that a list which has
 * changed is told again from its beginning.
 */
function listed(load: (reading: Reading) => Promise<Fields[]>): Pick<Datatype, "read" | "knows"> {
  const nameOf = (list: readonly Fields[]) => crc32(JSON.stringify(list)) || 1;
  return {
    read: async (reading, { after: [name, index], limit, subjects }) => {
      const list = await load(reading);
      const own = nameOf(list);
      const first = name === own ? index : 0;
      const wanted = subjects && new Set(subjects);
      return list
        .map((fields, at): FeedRecord => ({ place: [own, at + 1], at: reading.now, fields }))
        .slice(first)
        .filter(({ fields }) => !wanted || fields.some(([, value]) => wanted.has(value)))
        .slice(0, limit);
    },
    knows: async () => true,
  };
}

type Columns<Row> = readonly { name: string; of: (row: Row) => string | null | undefined }[];

async function rowsOf<Row>(batches: AsyncGenerator<Row[]>, columns: Columns<Row>): Promise<Fields[]> {
  const rows: Fields[] = [];
  for await (const batch of batches) {
    for (const row of batch) {
      rows.push(
        columns.flatMap(({ name, of }): [string, string][] => {
          const value = of(row);
          return value ? [[name, value]] : [];
        }),
      );
    }
  }
  return rows;
}

/** The code lists, each code with its list. */
export const codeRecords = listed((reading) => rowsOf(readSource.codes(reading.db), ownColumns.codes));

/** The catalogue of message types. */
export const messageTypeRecords = listed(async () => {
  const rows = await rowsOf(readSource.messageTypes(), ownColumns.messageTypes);
  return rows.filter(
    (fields) =>
      fields.some(([name]) => name === "EDIType") && fields.some(([name]) => name === "EDITypeVersion"),
  );
});
