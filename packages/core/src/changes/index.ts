/** Answers what changed in the register after a number: in order, without gaps, and only what the reader may see. */
export { readRows } from "./changed-rows.ts";
export { readChanges } from "./read-changes.ts";
export { recordRebase } from "./rebase.ts";
export { ChangePage, ChangePosition, ChangesFilter, ChangesQuestion, RebaseReason } from "./schemas.ts";
export { ownGlns, withAllBelow } from "./subtree.ts";
