/** Resends many messages as one job. */
export { canResend } from "./choose-messages.ts";
export {
  forgetOldResends,
  getResends,
  listResends,
  planResends,
  rehearseResends,
  startResends,
  stopResends,
} from "./resend-jobs.ts";
export { continueResends } from "./run-resends.ts";
export { ResendFilter, ResendJob, ResendPlan, ResendRequest } from "./schemas.ts";
