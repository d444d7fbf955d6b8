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

/** Of a message id: never seen, seen with this letter type, or seen, but only with other letter types. */
export type MessageSeen = "new" | "seen" | "other-letter";

/**
 * The case of each message of a delivery. One new message under a used envelope id makes the whole delivery an error.
 * Where both ids were used before, but for another letter type, it cannot be that letter sent again: it is taken as
 * new, since losing a letter is worse than carrying one whose sender numbers badly.
 */
export function decideDuplicates(
  envelope: "new" | "seen",
  messages: readonly MessageSeen[],
): readonly DuplicateCase[] {
  if (envelope === "new") return messages.map((seen) => (seen === "seen" ? "receipt-lost" : "new"));
  if (messages.length > 0 && messages.every((seen) => seen === "seen"))
    return messages.map(() => "duplicate");
  if (messages.length > 0 && messages.every((seen) => seen === "other-letter"))
    return messages.map(() => "new");
  return messages.map(() => "envelope-reused");
}
