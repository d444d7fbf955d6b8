/** Answers how the register is edited: commands that are previewed, judged, approved, applied and undone as one set. */
export {
  type Applied,
  type ApprovalKind,
  approvalKinds,
  Command,
  type CommandKind,
  type CommandOf,
  commandKinds,
  commandsMax,
  type Difference,
  type Effects,
  editRegister,
  isRefusal,
  type NeededApproval,
  nextSorId,
  OrganisationMove,
  type Period,
  type Preview,
  type Problem,
  previewCommands,
  subjectOf,
  UnitClosing,
} from "../editing/index.ts";
export {
  type ApprovalRule,
  addApprovalRule,
  endApprovalRule,
  keepApprovalRule,
  listApprovalRules,
} from "./approval-rules.ts";
export {
  addCommands,
  type ChangeSet,
  type ChangeSetDecision,
  type ChangeSetItem,
  type ChangeSetRemark,
  type ChangeSetSummary,
  createChangeSet,
  getChangeSet,
  holderOf,
  keepCommand,
  listChangeSets,
  removeCommand,
} from "./change-sets.ts";
export { diffRegister, type NetDifference } from "./diff-register.ts";

export { draftChangeSet } from "./draft-set.ts";
export { editAlone, type LoneEdit, type LoneEdited, numberUnit, previewAlone } from "./edit-alone.ts";
export {
  countProposalsToAnswer,
  countSentBack,
  countSetsToApprove,
  findChangeSet,
  findOpenDraft,
  listOpenSetsOf,
  nameSets,
  type OpenDraft,
  visibleSetIds,
} from "./find-sets.ts";
export { tendDrafts, withdrawnOn } from "./old-drafts.ts";
export {
  answerProposal,
  confirmProposalAddress,
  findProposalOf,
  getProposal,
  type Proposal,
  type ProposalFigures,
  type ProposalOfSet,
  propose,
  readProposalFigures,
} from "./proposals.ts";
export { addRemark, fieldsOf, takeUpSet } from "./review.ts";
export { type Edit, previewEdit, readCommands, type SavedEdit, saveEdit } from "./save-edit.ts";
export {
  ChangeSetQuestion,
  ChangeSetState,
  DiffQuestion,
  NewApprovalRule,
  NewChangeSet,
  NewProposal,
  NewRemark,
  ProposalAnswer,
  StepComment,
} from "./schemas.ts";
export {
  type LaterChange,
  listAppliedDifferences,
  listLaterChanges,
  listRemoved,
  listSteps,
  type SetStep,
} from "./set-journal.ts";

export {
  applyChangeSet,
  approveChangeSet,
  type Deciding,
  declineChangeSet,
  mustSubmitAgain,
  previewChangeSet,
  submitChangeSet,
  withdrawChangeSet,
} from "./steps.ts";
export { proposalTopics } from "./tables.ts";
export { revertChangeSet, revertEntry } from "./undo.ts";
