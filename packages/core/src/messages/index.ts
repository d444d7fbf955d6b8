/** Answers what became of a message: taken in, routed, delivered, receipted, or why not. */
export { type Acceptance, acceptInterchange, type Submission } from "./accept-interchange.ts";
export { isAllowedPrivate, isPublicAddress } from "./address-guard.ts";
export { announceWork, workChannel } from "./announce-work.ts";
export { checkInterchange } from "./check-interchange.ts";
export {
  type Acknowledged,
  acknowledgeMailbox,
  readFromMailbox,
  takeFromMailbox,
} from "./mailboxes.ts";
export { measureQueues, type QueueFigures, unsettledStates } from "./measure-queues.ts";
export { type DeliveryOutcome, type RetryPolicy, readStatus, standardPolicy } from "./next-attempt.ts";
export {
  cancelMessage,
  discardDeadLetter,
  resendMessage,
  retryDeadLetter,
} from "./operate-messages.ts";
export { contentDigest } from "./payloads.ts";
export {
  getInterchange,
  listInterchanges,
  listReceipts,
  type PayloadAnswer,
  readInterchangePayload,
  readMessagePayload,
} from "./read-interchanges.ts";
export {
  getMessage,
  listAttempts,
  listDeadLetters,
  listMessageEvents,
  listMessages,
} from "./read-messages.ts";
export { type Attempt, type Recorded, recordAttempt } from "./record-attempt.ts";
export {
  AcceptedInterchange,
  AttemptView,
  DeadLetterGroup,
  EventView,
  IdempotencyKey,
  InterchangeFilter,
  InterchangeReport,
  InterchangeView,
  MailboxAcknowledgement,
  MailboxEntry,
  MailboxOwner,
  MailboxQuestion,
  MessageFilter,
  MessageSummary,
  MessageView,
  OperatorReason,
  OperatorRequest,
} from "./schemas.ts";
export type { MessageState } from "./states.ts";
export {
  giveBackDeliveries,
  readDeliveryPayload,
  type TakenDelivery,
  type TakeQuestion,
  takeDeliveries,
} from "./take-deliveries.ts";
export { type Tended, tendDeliveries } from "./tend-deliveries.ts";
export { webhookHeaders } from "./webhook-request.ts";
