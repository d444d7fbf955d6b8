/** Answers what is different between two numbers of the register, subject by subject, with those that are gone. */
export { deltaLines, findDelta } from "./delta-lines.ts";
export { mayMove, touchedGlns, touchedUnits } from "./touched.ts";
export { glnsOfRenamed, rebaseSubjects, touchedBetween } from "./touched-between.ts";
