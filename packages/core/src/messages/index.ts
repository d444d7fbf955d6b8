/** Answers what a message is and which state it is in: its rows, states, events, parties and original content. */
export { advance, type Happening, introduce, introduction, lockMessagesOf, type Move } from "./advance.ts";
export { instant, xid8 } from "./column-types.ts";
export { type Content, contentOf, partBytes } from "./content.ts";
export { isFree } from "./leases.ts";
export { findMessages, lockMessages } from "./lock-messages.ts";
export { idsOfParties, isHindrance, type Part, partsOf, type SingleEnvelope } from "./parts.ts";
export {
  contentDigest,
  findPayload,
  isSamePayload,
  nameOf,
  type PayloadParts,
  payloadParts,
  payloadRows,
  readPayload,
  storeContent,
  storedContent,
  storePayload,
  wholeOf,
} from "./payloads.ts";
export {
  getInterchange,
  interchangeView,
  listReceipts,
  loadInterchanges,
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
  type MessageRow,
  requireVisibleMessage,
  summaryOf,
} from "./read-messages.ts";
export {
  contentTypeOf,
  readSingleEnvelope,
  requireSingle,
  singleOf,
  type Unreadable,
} from "./read-single-envelope.ts";
export { newReference, shortReference } from "./references.ts";
export {
  AcceptedInterchange,
  AttemptView,
  EventView,
  IdempotencyKey,
  InterchangeReport,
  InterchangeView,
  ListCursor,
  MailboxAcknowledgement,
  MailboxEntry,
  MailboxOwner,
  MailboxQuestion,
  MessageReason,
  MessageState,
  MessageSummary,
  MessageView,
  ReceiptFlag,
} from "./schemas.ts";
export {
  type DeliveryRow,
  eitherSide,
  entryOf,
  isSide,
  lockDeliveries,
  lockDelivery,
  lockMessage,
  receiverSide,
  type SideName,
  senderSide,
  sideNamed,
  wrongState,
} from "./sides.ts";
export {
  type DeliveryState,
  deadlineSeconds,
  deliveryStates,
  giveUpAfterSeconds,
  type MessageEvent,
  messageEvents,
  messageStates,
  nextState,
  type OutcomeKind,
} from "./states.ts";
export {
  findVisibility,
  type SideColumns,
  type Visibility,
  visibleBranches,
  whereVisible,
} from "./visibility.ts";
