import type { Fault } from "../faults/index.ts";

/** A cell as text; `isNumber` where the file holds a number, such as a day that a spreadsheet has counted. */
export type Cell = { text: string; isNumber?: true };

/** Faults of a file as a whole. */
type FileFault = Extract<Fault, `file-${string}`>;

/** A file that cannot be read as a table. */
export class TableFault extends Error {
  readonly fault: FileFault;
  constructor(fault: FileFault) {
    super(fault);
    this.fault = fault;
  }
}

/** Most cells of a row. */
export const cellsMax = 100;
