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
export { type IncludedOfUnit, includedOf } from "./included.ts";
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
export { type BranchUnit, listBranch } from "./list-branch.ts";
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
export {
  BelowQuestion,
  Day,
  IdentifierQuestion,
  Included,
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
  Speciality,
  SuccessorShare,
  UnitIdentifierKind,
  UnitQuestion,
  VirtualAddress,
  Withdrawal,
  WithdrawalReason,
  WithdrawalsQuestion,
} from "./schemas.ts";
export type { Facets } from "./search/facets.ts";
export type { FoldedUnit, SearchHit, SearchMatch } from "./search/read-hits.ts";
export { refreshSearchTexts, writeSearchFields } from "./search/refresh-search-texts.ts";
export { FacetName, SearchQuestion, UnitKind, UnitStatus } from "./search/schemas.ts";
export { isFoundBy } from "./search/search-conditions.ts";
export {
  countMax,
  type SearchPage,
  searchOrganisations,
  suggestOrganisations,
} from "./search/search-organisations.ts";
export { type SearchFields, searchFieldsOfPath } from "./search/search-text.ts";
export { listShakDifferences, type ShakDifference } from "./shak/list-shak-differences.ts";
export { ShakListQuestion, ShakSearchQuestion } from "./shak/schemas.ts";
export {
  findShakCodes,
  getShakCode,
  listOrganisationsOfShak,
  listShakBelow,
  listShakChildren,
  listShakOfOrganisation,
  type ShakItem,
  type ShakOfUnit,
  type ShakPeriod,
  searchShakCodes,
} from "./shak/shak-codes.ts";
export { regionOfShakNumber } from "./shak/shak-region.ts";
export { type UnitOfShak, unitsOfShakCodes } from "./shak/shak-units.ts";
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
export { type Attributes, attributesOf, searchFieldsOf, type VersionRow } from "./version-attributes.ts";
export { findWithdrawal, listWithdrawals, type WithdrawnUnit } from "./withdrawals.ts";
