/** Accepts a submission: stores its interchanges and messages in one transaction, or says why not. */

export {
  type Acceptance,
  acceptInterchange,
  acceptLarge,
  type LargeSubmission,
} from "./accept-interchange.ts";
export { checkInterchange } from "./check-interchange.ts";
export type { Submission } from "./submission.ts";
