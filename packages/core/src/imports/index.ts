/** Answers how whole files of the authority are imported into the register: SOR XML version 1 and SHAKCOMPLETE. */
export type { Braking } from "./brake.ts";
export { type Finding, findingText, type Rule } from "./faults.ts";
export { importShak, type ShakImport } from "./import-shak.ts";
export { importSor, type SorImport } from "./import-sor.ts";
export type { Counts, ImportReport, OnProgress, Progress } from "./report.ts";
