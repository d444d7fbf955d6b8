/** Answers what commands do to the register: run on a copy, judged on their end state, and written as a whole. */
export { type Endings, isHeld } from "./brake.ts";
export type { Difference, Period } from "./differences.ts";
export { type Applied, editRegister, type Preview, previewCommands } from "./edit-register.ts";
export {
  type ApprovalKind,
  approvalKinds,
  type Effects,
  type NeededApproval,
} from "./effects.ts";
export { asError, isRefusal, type Problem } from "./problems.ts";
export type { RegisterCopy } from "./register-copy.ts";
export { subjectOf } from "./run-commands.ts";
export {
  Command,
  type CommandKind,
  type CommandOf,
  commandKinds,
  commandsMax,
  OrganisationMove,
  UnitClosing,
} from "./schemas.ts";
export { nextSorId, nextSorIds, reserveSorIds } from "./sor-id-numbers.ts";
export { loadStoredPaths } from "./subjects.ts";
