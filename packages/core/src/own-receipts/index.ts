/** Builds and sends the gateway's own messages: receipts and reports that a message was not delivered. */
export { acknowledgeAgain } from "./acknowledge-again.ts";
export { findFirstSent, sendRefusal } from "./receipts.ts";
export { reportNotDelivered } from "./report-not-delivered.ts";
export { rememberCarried } from "./seen-carried.ts";
export {
  commonType,
  envelopeColumns,
  giveUpAt,
  giveUpAtOf,
  messageColumns,
  type OwnTarget,
  openQueues,
  sendContent,
  sendOwn,
  type Writer,
} from "./send-own.ts";
