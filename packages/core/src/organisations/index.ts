/** Answers which units exist, where they are, what was valid on a day, and what was known on a day. */
export { findOrganisations } from "./find-organisations.ts";
export { foldDanish } from "./fold.ts";
export {
  findOrganisation,
  getOrganisation,
  listOrganisationHistory,
  type Organisation,
  type OrganisationVersion,
} from "./get-organisation.ts";
export { getOrganisationState } from "./get-organisation-state.ts";
export {
  type Effective,
  type EffectiveValues,
  effectiveValues,
  type InheritanceRule,
  type Inheriting,
} from "./inherit.ts";
export {
  type Child,
  type ClosedChild,
  type Descendant,
  listAncestors,
  listChildren,
  listClosedChildren,
  listDescendants,
} from "./list-below.ts";
export { listSubtree, type UnitBelow } from "./list-subtree.ts";
export {
  type HeldSuccessor,
  listOpenSuccessors,
  listSuccessors,
  type OpenSuccessor,
  type Successor,
} from "./list-successors.ts";
export { listUnitsOfGln, type UnitOfGln } from "./list-units-of-gln.ts";
export { nameGlns } from "./name-glns.ts";
export { nameUnits } from "./name-units.ts";
export { glnsOfSubtree, unitPathOf, unitPathOfGln, unitsAroundGlns } from "./paths.ts";
export { refreshSearchTexts } from "./refresh-search-texts.ts";
export {
  BelowQuestion,
  Day,
  IdentifierQuestion,
  Moment,
  NewOrganisation,
  NewSuccessors,
  OrganisationAttributes,
  OrganisationChanges,
  OrganisationClosing,
  OrganisationLevel,
  OrganisationReplacement,
  OrganisationUpdate,
  PostalAddress,
  SearchQuestion,
  ShakListQuestion,
  ShakSearchQuestion,
  Speciality,
  SuccessorShare,
  UnitIdentifierKind,
  UnitQuestion,
  VirtualAddress,
  Withdrawal,
  WithdrawalReason,
  WithdrawalsQuestion,
} from "./schemas.ts";
export {
  type SearchHit,
  type SearchMatch,
  searchOrganisations,
  suggestOrganisations,
} from "./search-organisations.ts";
export { searchTextOf, searchTextOfPath } from "./search-text.ts";
export {
  getShakCode,
  listOrganisationsOfShak,
  listShakChildren,
  listShakOfOrganisation,
  type ShakItem,
  type ShakPeriod,
  searchShakCodes,
} from "./shak.ts";
export type { OrganisationSummary, PathStep } from "./summaries.ts";
export {
  getUnitLine,
  lockTree,
  reachesBelow,
  recordingInstant,
  type UnitLine,
  type UnitRecut,
  unitEtag,
  unitFacts,
} from "./unit-line.ts";
export { attributeFaults, isCovered, parentFault, type UnitFault, type UnitPiece } from "./unit-rules.ts";
export { type Attributes, attributesOf, type VersionRow } from "./version-attributes.ts";
export { findWithdrawal, listWithdrawals, type WithdrawnUnit } from "./withdrawals.ts";
