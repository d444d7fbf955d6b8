/** Decides what becomes of an incoming message: duplicate, route, refusal, quarantine. Mostly pure functions. */
export {
  type DuplicateCase,
  decideSubmission,
  type InterchangeSeen,
  type MessageSeen,
} from "./duplicates.ts";
export {
  loadParties,
  loadReceivedTypes,
  loadTypesReceivedBy,
  type PartyFacts,
  routeMessage,
} from "./find-routes.ts";
export {
  type AcceptancePlan,
  type MessageRoute,
  ownMailbox,
  type PlannedDelivery,
  type PlannedMessage,
  planAcceptance,
} from "./plan-acceptance.ts";
export {
  endQuarantine,
  findQuarantine,
  type Hold,
  holdOfCopy,
  isNotQuarantined,
  lockQuarantine,
  type Quarantine,
  requireHolder,
  withoutQuarantined,
} from "./quarantines.ts";
export { refusalOfReason } from "./refusal-texts.ts";
