/** Answers which message types there are, and which location number receives and sends what, where and when. */
export { findMessageType, type MessageType, messageTypes } from "@sor/edi";
export { listRegistrations, type Registration, registrationsEtag } from "./list-registrations.ts";
export { planRegistrations } from "./plan-registrations.ts";
export {
  type PlanInput,
  type PlannedChange,
  type PlanProblem,
  planErrors,
  planWarnings,
  type RegistrationFact,
  type RegistrationPlan,
  type RegistrationRow,
} from "./registration-plan.ts";
export {
  Direction,
  Instant,
  LocationFilter,
  LocationSort,
  MessageTypeCode,
  NewRegistration,
  RegistrationEnd,
  RegistrationSet,
  VersionCode,
  WantedRegistration,
} from "./schemas.ts";
export {
  addRegistration,
  endRegistration,
  previewRegistrations,
  type RegistrationsOutcome,
  setRegistrations,
} from "./set-registrations.ts";
