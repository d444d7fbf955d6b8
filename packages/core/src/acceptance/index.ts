/** Decides what becomes of an incoming message: duplicate, route, refusal, quarantine. Mostly pure functions. */
export {
  type DuplicateCase,
  decideSubmission,
  type InterchangeSeen,
  type MessageSeen,
} from "./duplicates.ts";
export { loadReceivers, loadSupplier, loadSuppliers, type SupplierOf } from "./load-receivers.ts";
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
export type { RouteOf } from "./route-message.ts";
