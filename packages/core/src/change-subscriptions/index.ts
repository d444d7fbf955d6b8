/** Answers who is sent the change feed by webhook, how far each has been told, and what it is sent next. */
export {
  createSubscription,
  getSubscription,
  listSubscriptions,
  refreshSubscription,
  removeSubscription,
  replaySubscription,
  updateSubscription,
} from "./manage-subscriptions.ts";
export { packChanges } from "./pack-changes.ts";
export { NewSubscription, RefreshQuestion, SubscriptionChange, SubscriptionView } from "./schemas.ts";
