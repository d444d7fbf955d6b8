/** Answers how the register is edited: commands that are previewed, judged, approved, applied and undone as one set. */
export {
  addCommands,
  type ChangeSet,
  type ChangeSetDecision,
  type ChangeSetItem,
  type ChangeSetSummary,
  createChangeSet,
  getChangeSet,
  keepCommand,
  listChangeSets,
  removeCommand,
} from "./change-sets.ts";
export { DiffQuestion, diffRegister, type NetDifference } from "./diff-register.ts";
export type { Difference, Period } from "./differences.ts";
export { draftChangeSet } from "./draft-set.ts";
export { editAlone, type LoneEdit, type LoneEdited, numberUnit, previewAlone } from "./edit-alone.ts";
export { type Applied, editRegister, type Preview, previewCommands } from "./edit-register.ts";
export {
  type ApprovalKind,
  approvalKinds,
  type Effects,
  endingsBrake,
  type NeededApproval,
} from "./effects.ts";
export { countSetsToApprove, findOpenDraft, listOpenSetsOf, nameSets, type OpenDraft } from "./find-sets.ts";
export type { Problem } from "./problems.ts";
export { subjectOf } from "./run-commands.ts";
export { readCommands, type SavedEdit, saveEdit } from "./save-edit.ts";
export {
  ChangeSetQuestion,
  ChangeSetState,
  Command,
  type CommandKind,
  type CommandOf,
  commandKinds,
  commandsMax,
  NewChangeSet,
  OrganisationMove,
  StepComment,
  UnitClosing,
} from "./schemas.ts";
export {
  type LaterChange,
  listAppliedDifferences,
  listLaterChanges,
  listSteps,
  type SetStep,
} from "./set-journal.ts";
export {
  closeLocation,
  closeOrganisation,
  createOrganisation,
  type LocationLine,
  moveOrganisation,
  registerLocation,
  replaceOrganisation,
  updateLocation,
  updateOrganisation,
} from "./single-edits.ts";
export { nextSorId } from "./sor-id-numbers.ts";
export {
  applyChangeSet,
  approveChangeSet,
  type Deciding,
  declineChangeSet,
  previewChangeSet,
  submitChangeSet,
  withdrawChangeSet,
} from "./steps.ts";
export { revertChangeSet, revertEntry } from "./undo.ts";
