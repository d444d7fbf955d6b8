import type { MessageEvent, MessageState } from "../messages/index.ts";
import type { Polarity } from "./read-receipts.ts";

type ReceiptEvent = Extract<
  MessageEvent,
  | "positive-receipt"
  | "negative-receipt"
  | "receipt-repeated"
  | "receipt-contradicts"
  | "receipt-late"
  | "delivered"
>;

/**
 * What a receipt is for the message that it answers. Document 032: a positive receipt may never be followed by a negative one
 * or the reverse; `rejected` and `expired` are the negative answer that the gateway itself has given.
 */
export function judgeReceipt(message: { state: MessageState }, polarity: Polarity): ReceiptEvent {
  const opposite = (told: Polarity) => (told === polarity ? "receipt-repeated" : "receipt-contradicts");
  switch (message.state) {
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

/**
 * What an envelope's receipt is for a message that also has one of its own: a positive one says that it arrived, and leaves
 * open what its own will say; a negative one ends it. `earlier` is what the envelope's receipts have said before.
 */
export function judgeTransportReceipt(
  message: { state: MessageState },
  polarity: Polarity,
  earlier: Polarity | undefined,
): ReceiptEvent {
  if (earlier !== undefined) return earlier === polarity ? "receipt-repeated" : "receipt-contradicts";
  const event = judgeReceipt(message, polarity);
  return event === "positive-receipt" ? "delivered" : event;
}
