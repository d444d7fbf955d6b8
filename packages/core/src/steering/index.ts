/** Operators' actions: hold, release, approve, cancel, resend, reroute, dead letters. */
export { approveRelease, declineRelease, listApprovals } from "./approvals.ts";
export {
  discardDeadLetter,
  discardDeadLetters,
  listDeadLetters,
  listGroupSteps,
  rerouteDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
} from "./dead-letters.ts";
export { holdMessage, releaseMessage, releaseMessages } from "./hold-messages.ts";
export { listSteps, listWays, nameEndpoint, type WayChoice } from "./list-steps.ts";
export { cancelMessage, resendIn, resendMessage } from "./operate-messages.ts";
export { type MessageStep, messageSteps, resendable } from "./possible-steps.ts";
export { type OneOfMany, rerouteMessage, rerouteMessages } from "./reroute-messages.ts";
export { Approval } from "./schemas.ts";
