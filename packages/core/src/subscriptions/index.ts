/** Answers who is told of what, how and how often: receivers of every topic, and the confirmation of their addresses. */
export {
  claimConfirmation,
  claimPublicConfirmation,
  confirmationsMost,
  isAddressTaken,
} from "./claim-confirmation.ts";
export { dailyTime, dueTime, isQuiet, nextDanishTime } from "./due-time.ts";
export { sealSubscriptionSecrets } from "./seal-secrets.ts";
export { hashOf, newToken } from "./secrets.ts";
export { channels, type Digest, digests, subscriptionStates, type Topic, topics } from "./topics.ts";
