/** Answers how tables come from and go to files that people edit: CSV and XLSX, row by row. */
export { type Cell, dayOfCell, TableFault } from "./cells.ts";
export { readTable } from "./read-table.ts";
export { type TableFormat, writeTable } from "./write-table.ts";
