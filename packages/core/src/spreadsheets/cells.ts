import type { Fault } from "../faults/index.ts";
import { addDays, WrittenDay } from "../validity/index.ts";

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

const firstSerial = "1899-12-30";

/** The day that a cell holds, as it is written or as a spreadsheet counts it from the end of 1899; undefined for anything else. */
export function dayOfCell({ text, isNumber }: Cell): string | undefined {
  if (isNumber && /^\d{1,5}$/.test(text)) return addDays(firstSerial, Number(text));
  return WrittenDay.safeParse(text).data;
}
