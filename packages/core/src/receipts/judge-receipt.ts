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
 * The event of a receipt for the message it answers. Document 032: a positive receipt may never be followed by a negative one or
 * the reverse; `rejected` and `expired` are negative answers given by the gateway.
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
 * The event of an envelope's receipt for a message that has one of its own too: a positive one says that it was delivered, and
 * leaves its own receipt open; a negative one ends it. `earlier` are the envelope's earlier receipts.
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
