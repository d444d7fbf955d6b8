/** Answers what is said, in Danish and in English, of whatever is refused: one code for each fault. */
export { englishOf, type Fault, faultTexts, isFault } from "./fault-texts.ts";
export type { Words } from "./words.ts";
