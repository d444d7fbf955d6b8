/** Lists, searches and counts messages, and delivers events to those who may see them. */
export { countInterchanges, countMessages, countStates, statesMost } from "./count-messages.ts";
export { hasFirstOutcome } from "./first-outcome.ts";
export { idsOfMessages, listInterchanges, listMessages, measuredMessages } from "./list-messages.ts";
export { readFeedHead, readMailboxNotices, readNotifications } from "./notifications.ts";
export { looksLikePersonalNumber, readMessageText } from "./read-message-text.ts";
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
} from "./schemas.ts";
export { searchMessages } from "./search-messages.ts";
