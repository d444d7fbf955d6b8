/**
 * MedCom reliable messaging, document 032: what a delivery is, by whether its envelope id and its message ids have been
 * seen between these two parties.
 */
export type DuplicateCase =
  /** Both new: process, acknowledge. */
  | "new"
  /** Both seen: ignore, acknowledge the same way as the first. */
  | "duplicate"
  /** Envelope new, message seen: the receipt was lost; send the original receipt again. */
  | "receipt-lost"
  /** Envelope seen, message new: an error; envelope ids may never be used again. */
  | "envelope-reused";

/** The case of each message of a delivery. One new message under a used envelope id makes the whole delivery an error. */
export function decideDuplicates(
  envelope: "new" | "seen",
  messagesSeen: readonly boolean[],
): readonly DuplicateCase[] {
  if (envelope === "new") return messagesSeen.map((seen) => (seen ? "receipt-lost" : "new"));
  if (messagesSeen.length > 0 && messagesSeen.every((seen) => seen)) {
    return messagesSeen.map(() => "duplicate");
  }
  return messagesSeen.map(() => "envelope-reused");
}
