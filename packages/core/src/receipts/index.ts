/** Reads receipts and correlates them with the messages that they answer. */
export {
  type Correlation,
  correlateReceipts,
  type ReceiptQuestion,
  settleReceipts,
} from "./correlate-receipts.ts";
export { type ReceiptContent, readReceipts } from "./read-receipts.ts";
export { reportReceipt } from "./report-receipt.ts";
export { ReceiptOutcome, ReceiptReport } from "./schemas.ts";
