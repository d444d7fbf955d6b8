import { createHash } from "node:crypto";
import type { ColumnText, Writer } from "./dataset.ts";

/** A member of a line, with its value for a row. */
export type Member<Row> = ColumnText & { of: (row: Row) => unknown };

/** The members of a row, in their order. */
export function memberLine<Row>(members: readonly Member<Row>[], row: Row): Record<string, unknown> {
  return Object.fromEntries(members.map(({ name, of }) => [name, of(row) ?? null]));
}

/**
 * The hash of a set of lines, whatever their order: the sum of their SHA-256 as numbers of 256 bits, so that a copy can add
 * and take away lines as they change. It shows that two copies are equal; it is no seal against who chooses the lines.
 */
export function createSetHash() {
  const modulus = 1n << 256n;
  let sum = 0n;
  return {
    add: (line: string): void => {
      sum = (sum + BigInt(`0x${createHash("sha256").update(line).digest("hex")}`)) % modulus;
    },
    value: (): string => sum.toString(16).padStart(64, "0"),
  };
}

/** Writes each row that `includes` takes as one line of JSON, all with the same members in the same order. */
export function ndjsonWriter<Row>(
  members: readonly Member<Row>[],
  includes: (row: Row) => boolean = () => true,
): Writer<Row> {
  const derived = members.filter(({ isDerived }) => isDerived).map(({ name }) => name);
  const hash = createSetHash();
  return {
    begin: () => "",
    add: (row) => {
      if (!includes(row)) return "";
      const line = memberLine(members, row);
      const text = JSON.stringify(line);
      for (const name of derived) delete line[name];
      hash.add(derived.length > 0 ? JSON.stringify(line) : text);
      return `${text}\n`;
    },
    end: () => "",
    counts: () => ({ replaced: 0, leftOut: 0, setHash: hash.value() }),
  };
}
