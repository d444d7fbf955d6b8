import type { SourceName, SourceRows } from "./source-rows.ts";

/** How the text of a file is written as bytes. */
export type Encoding = "utf-8" | "iso-8859-1" | "iso-8859-15";

/** What a snapshot is of: the journal number, the day in Denmark, and the instant at which it was read. */
export type SnapshotFacts = { sequence: number; position: string; day: string; madeAt: Date };

/** A column or element of a dataset, as it is documented. */
export type ColumnText = {
  name: string;
  /** What stands in it, in Danish. */
  da: string;
  /** Its name or place is not known from the authority's own files. */
  isOurs?: true;
  /** Follows from other rows: a follower's copy does not hold it. */
  isDerived?: true;
};

/** A column of a table, with its value for a row. */
export type Column<Row> = ColumnText & {
  of: (row: Row) => string | null | undefined;
  /** Written without quotes, whatever it holds. */
  isBare?: true;
};

/** Writes the rows of one file, in their order. */
export type Writer<Row> = {
  begin: () => string;
  /** The text of a row; empty for a row that is not in this dataset. */
  add: (row: Row) => string;
  end: () => string;
  /** How many values were written with characters replaced, and how many rows could not be placed. */
  counts: () => { replaced: number; leftOut: number; setHash?: string };
};

/** One file of a snapshot: what it holds, what it is read from, and how it is written. */
export type Dataset<Name extends SourceName = SourceName> = {
  name: string;
  title: { da: string; en: string };
  /** Its address below `/files` and, as in the authority's file site, below the root; other spellings in use. */
  path: string;
  aliases?: readonly string[];
  contentType: string;
  encoding: Encoding;
  columns: readonly ColumnText[];
  writer: (facts: SnapshotFacts) => Writer<SourceRows[Name]>;
};

/** All datasets, by what they read. */
export type Datasets = { readonly [Name in SourceName]: readonly Dataset<Name>[] };
