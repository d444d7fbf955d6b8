/** Answers what became of a message: taken in, routed, delivered, receipted, or why not. */
export {
  type Acceptance,
  acceptInterchange,
  acceptLarge,
  type LargeSubmission,
} from "./accept-interchange.ts";
export type { Submission } from "./accept-together.ts";
export { announceWork, workChannel } from "./announce-work.ts";
export { approveRelease, declineRelease, listApprovals } from "./approvals/approvals.ts";
export { Approval } from "./approvals/schemas.ts";
export { checkInterchange } from "./check-interchange.ts";
export { type Content, contentOf, partBytes } from "./content.ts";
export { endDrains } from "./end-drains.ts";
export { forgetOldHours } from "./endpoint-hours.ts";
export { measureFeedLag, numberEvents } from "./feed/number-events.ts";
export { gather, latelyAfter } from "./gather.ts";
export {
  type Acknowledged,
  acknowledgeMailbox,
  openFromMailbox,
  readFromMailbox,
  requireMailbox,
  takeFromMailbox,
} from "./mailboxes.ts";
export { measureQueues, type QueueFigures, unsettledStates } from "./measure-queues.ts";
export {
  type DeliveryOutcome,
  failuresToOpen,
  nextAttemptWithin,
  policyFor,
  type RetryPolicy,
  readStatus,
  standardPolicy,
} from "./next-attempt.ts";
export { findMessagesByPatient, type PatientQuestion } from "./patients.ts";
export { contentDigest, type PayloadParts } from "./payloads.ts";
export { provePayloadStore } from "./prove-payload-store.ts";
export {
  getInterchange,
  listReceipts,
  type OpenPayload,
  openInterchangePayload,
  openMessagePayload,
  type PayloadAnswer,
  readInterchangePayload,
  readMessagePayload,
} from "./read-interchanges.ts";
export {
  getMessage,
  listAttempts,
  listMessageEvents,
} from "./read-messages.ts";
export { type Attempt, type Recorded, recordAttempt, recordAttempts } from "./record-attempt.ts";
export { reportReceipt } from "./reported/report-receipt.ts";
export { ReceiptOutcome, ReceiptReport } from "./reported/schemas.ts";
export { type PostedForm, withForm } from "./requests/repeated-forms.ts";
export {
  claimRequest,
  type KeptAnswer,
  keepClaimedAnswer,
  releaseClaim,
  underRequest,
} from "./requests/request-answers.ts";
export {
  forgetOldResends,
  getResends,
  listResends,
  planResends,
  rehearseResends,
  startResends,
  stopResends,
} from "./resends/resend-jobs.ts";
export { continueResends } from "./resends/run-resends.ts";
export { ResendFilter, ResendJob, ResendPlan, ResendRequest } from "./resends/schemas.ts";
export { countUnrotated, type Rotated, rotatePayloadKeys, sealKeptAnswers } from "./rotate-keys.ts";
export {
  AcceptedInterchange,
  AttemptView,
  EventView,
  IdempotencyKey,
  InterchangeReport,
  InterchangeView,
  MailboxAcknowledgement,
  MailboxEntry,
  MailboxOwner,
  MailboxQuestion,
  MessageSummary,
  MessageView,
} from "./schemas.ts";
export { type ShownContent, showMessageContent } from "./show-content.ts";
export { measureSla } from "./sla/measure-sla.ts";
export { DeliverySla, SlaQuestion } from "./sla/schemas.ts";
export { findStandingLines, type StandingLines } from "./standing-lines.ts";
export {
  deadlineSeconds,
  giveUpAfterSeconds,
  type MessageEvent,
  type MessageReason,
  type MessageState,
  messageStates,
} from "./states.ts";
export {
  giveBackDeliveries,
  openDeliveryPayload,
  readDeliveryPayload,
  type TakenDelivery,
  type TakeQuestion,
  takeDeliveries,
} from "./take-deliveries.ts";
export { followMovedLocations, type Tended, tendDeliveries } from "./tend-deliveries.ts";
export { countInterchanges, countMessages } from "./tracking/count-messages.ts";
export {
  discardDeadLetter,
  discardDeadLetters,
  listDeadLetters,
  rerouteDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
} from "./tracking/dead-letters.ts";
export { hasFirstOutcome } from "./tracking/first-outcome.ts";
export { holdMessage, releaseMessage, releaseMessages } from "./tracking/hold-messages.ts";
export { listInterchanges, listMessages } from "./tracking/list-messages.ts";
export { listSteps, listWays, nameEndpoint, type WayChoice } from "./tracking/list-steps.ts";
export { readFeedHead, readMailboxNotices, readNotifications } from "./tracking/notifications.ts";
export { cancelMessage, resendMessage } from "./tracking/operate-messages.ts";
export { type MessageStep, messageSteps } from "./tracking/possible-steps.ts";
export { type OneOfMany, rerouteMessage, rerouteMessages } from "./tracking/reroute-messages.ts";
export {
  DeadLetterChoice,
  DeadLetterGroup,
  DeadLetterRequest,
  GroupOutcome,
  HoldRequest,
  InterchangeFilter,
  MessageFilter,
  MessageSearch,
  Notification,
  NotificationPage,
  NotificationQuestion,
  OperatorReason,
  ReleaseOutcome,
  RerouteOutcome,
  RerouteRequest,
  ResendOutcome,
  SearchPage,
  StreamQuestion,
} from "./tracking/schemas.ts";
export { searchMessages } from "./tracking/search-messages.ts";
export { findVisibility } from "./visibility.ts";
export { webhookHeadersOf, webhookSignatures } from "./webhook-request.ts";
