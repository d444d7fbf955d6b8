/** Answers what is wrong and who is notified: incidents that open and close, their receivers, and the outbox. */
export { alertRss, findAlertFeed } from "./alert-feed.ts";
export { composeTest, portalLink } from "./compose-message.ts";
export { type AlertKind, type AlertSeverity, alertKinds, alertSeverities } from "./kinds.ts";
export { getAlert, listAlerts } from "./list-alerts.ts";
export { type AlertFigures, measureAlerts } from "./measure-alerts.ts";
export { packAlertMessages } from "./pack-alerts.ts";
export { getAlertSubscription, listAlertMessages, listAlertSubscriptions } from "./read-subscriptions.ts";
export {
  AlertFilter,
  AlertMessageView,
  AlertSubscriptionChange,
  AlertSubscriptionView,
  AlertView,
  ConfirmationCode,
  NewAlertSubscription,
} from "./schemas.ts";
export { type AlertSignal, clearAlertSignal, raiseAlertSignal } from "./signals.ts";
export { type SuggestedNotice, suggestNotice } from "./suggest-notice.ts";
export { tendAlerts, type Watched, watchAlerts } from "./watch-alerts.ts";
export { kindTitles } from "./wording.ts";
export {
  type CreatedAlertSubscription,
  confirmAlertSubscription,
  createAlertSubscription,
  removeAlertSubscription,
  testAlertSubscription,
  unsubscribeFromAlerts,
  updateAlertSubscription,
} from "./write-subscriptions.ts";
