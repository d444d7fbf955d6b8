import type { Polarity } from "./read-receipts.ts";
import type { MessageEvent, MessageState } from "./states.ts";

type ReceiptEvent = Extract<
  MessageEvent,
  "positive-receipt" | "negative-receipt" | "receipt-repeated" | "receipt-contradicts" | "receipt-late"
>;

/**
 * What a receipt is for the letter that it answers. Document 032: a positive receipt may never be followed by a negative one
 * or the reverse; `rejected` and `expired` are the negative answer that the gateway itself has given.
 */
export function judgeReceipt(letter: { state: MessageState }, polarity: Polarity): ReceiptEvent {
  const opposite = (told: Polarity) => (told === polarity ? "receipt-repeated" : "receipt-contradicts");
  switch (letter.state) {
    case "receipted-positive":
      return opposite("positive");
    case "receipted-negative":
    case "rejected":
    case "expired":
      return opposite("negative");
    case "cancelled":
    case "received":
    case "validated":
    case "routed":
      return "receipt-late";
    case "queued":
    case "delivering":
    case "held":
    case "delivered":
    case "dead":
      return polarity === "positive" ? "positive-receipt" : "negative-receipt";
  }
}
