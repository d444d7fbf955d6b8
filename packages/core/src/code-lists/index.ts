/** Answers what a code of SOR means, and whether a unit may be given it: entity types, specialities, regions and other fixed lists. */
export type { Code, CodeLevel } from "./code.ts";
export { type CodeListName, codeListNames, findCode, isUsable, listCodes, nameOfCode } from "./find-code.ts";
export { codeListTitles } from "./list-titles.ts";
