/** Answers whether a request was made before, and how it was answered. */
export { answerRow, findEarlierAnswer, findNamedBefore, keepAnswer } from "./idempotency.ts";
export { type PostedForm, withForm } from "./repeated-forms.ts";
export {
  claimRequest,
  type KeptAnswer,
  keepClaimedAnswer,
  releaseClaim,
  sealedAnswer,
  underRequest,
} from "./request-answers.ts";
