/** Answers which message types there are, and which location number receives and sends what, where and when. */
export { findMessageType, type MessageType, messageTypes } from "@sor/edi";
export type { RegistrationsOutcome } from "./change-registrations.ts";
export { closeEndpoint, drainEndpoint, type EndpointEnd } from "./close-endpoint.ts";
export { type EndpointUse, endpointUse, endpointUses } from "./endpoint-use.ts";
export { getLocation, type Location } from "./get-location.ts";
export {
  findChangeOfSet,
  findLocationChange,
  type HistoryLine,
  listLocationHistory,
} from "./list-location-history.ts";
export {
  type LocationItem,
  type LocationPage,
  listGlns,
  listLocations,
  suppliersOfGlns,
} from "./list-locations.ts";
export {
  isReceiving,
  lastingOf,
  listRegistrations,
  loadRegistrationRows,
  type Registration,
  registrationsEtag,
} from "./list-registrations.ts";
export { isDeviating, isOutdated, isProfileOf, locationConditions } from "./location-conditions.ts";
export {
  type Content as RegistrationContent,
  contentOf as registrationContent,
  lastingAfter,
  planRegistrations,
} from "./plan-registrations.ts";
export { planUndo, type RecordedChange, wantedAfterUndo } from "./plan-undo.ts";
export { type HistoryChange, type HistoryPeriod, readHistoryEntry } from "./read-history-entry.ts";
export {
  asWanted,
  isPair,
  keyOf,
  type Pair,
  type PlanInput,
  type PlannedChange,
  type PlanProblem,
  planErrors,
  planWarnings,
  type RegistrationFact,
  type RegistrationPlan,
  type RegistrationRow,
  wantedAfterEnd,
  wantedAfterMove,
} from "./registration-plan.ts";
export {
  Direction,
  EndpointClosing,
  EndpointDrain,
  Instant,
  LocationFilter,
  LocationSort,
  MessageTypeCode,
  NewRegistration,
  RegistrationEnd,
  RegistrationSet,
  RegistrationUndo,
  registrationsMax,
  VersionCode,
  WantedRegistration,
} from "./schemas.ts";
export {
  addRegistration,
  endRegistration,
  previewRegistrations,
  setRegistrations,
} from "./set-registrations.ts";
export { type LaterChange, previewUndo, undoRegistrations } from "./undo-registrations.ts";
export { type Helper, whomToAsk } from "./whom-to-ask.ts";
