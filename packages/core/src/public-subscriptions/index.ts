/** Answers who of the public subscribes to what by mail: signing up, confirming by a button, changing and leaving by a link. */
export { composeConfirmation } from "./compose-confirmation.ts";
export {
  canUnsubscribe,
  changeSubscription,
  findSubscription,
  resumeSubscription,
  unsubscribe,
} from "./manage.ts";
export { SubscriptionToken, WebsiteField } from "./schemas.ts";
export { confirmSubscription, findConfirmation, signUp } from "./sign-up.ts";
