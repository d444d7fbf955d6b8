/** Takes due deliveries under a lease, records attempts, and decides when to retry. */
export { advanceDeliveries, type DeliveryChange, partingDelivery } from "./advance-delivery.ts";
export { announceWork, workChannel } from "./announce-work.ts";
export { gather, latelyAfter } from "./collect-batch.ts";
export { forgetOldHours } from "./endpoint-hours.ts";
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
  policyFor,
  type RetryPolicy,
  readStatus,
  standardPolicy,
} from "./next-attempt.ts";
export { type Attempt, type Recorded, recordAttempt, recordAttempts } from "./record-attempt.ts";
export { findStandingLines, type StandingLines } from "./standing-lines.ts";
export {
  giveBackDeliveries,
  openDeliveryPayload,
  readDeliveryPayload,
  type TakenDelivery,
  type TakeQuestion,
  takeDeliveries,
} from "./take-deliveries.ts";
export { webhookHeadersOf, webhookSignatures } from "./webhook-request.ts";
