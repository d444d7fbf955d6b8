/**
 * MedCom reliable messaging, document 032: the case of a message, by whether its envelope id and its message id have been seen
 * between these two parties.
 */
export type DuplicateCase =
  /** Both new: process and acknowledge. */
  | "new"
  /** Both seen: ignore, and acknowledge the same way as the first. */
  | "duplicate"
  /** Envelope new, message seen: the receipt was lost; send the original receipt again. */
  | "receipt-lost"
  /** Envelope seen, message new: an error; envelope ids may never be reused. */
  | "envelope-reused";

/** Whether a message id is new, seen with this message type, or seen only with other message types. */
export type MessageSeen = "new" | "seen" | "other-type";

/** What had been seen of an interchange between its two parties. */
export type InterchangeSeen = { envelope: "new" | "seen"; messages: readonly MessageSeen[] };

/**
 * The case of each message of an interchange. A message id is unique per message type: under another type it is a new message.
 * One new message under a used envelope id makes the whole interchange an error.
 */
export function decideDuplicates({ envelope, messages }: InterchangeSeen): readonly DuplicateCase[] {
  if (envelope === "new") return messages.map((seen) => (seen === "seen" ? "receipt-lost" : "new"));
  const isSame = messages.every((seen) => seen === "seen");
  return messages.map(() => (isSame ? "duplicate" : "envelope-reused"));
}

/**
 * The same for the parts of one submission, which share their envelope id: where it is new between some of the parties and used
 * between others, the submission is not a repetition.
 */
export function decideSubmission(parts: readonly InterchangeSeen[]): readonly (readonly DuplicateCase[])[] {
  const isMixed = new Set(parts.map(({ envelope }) => envelope)).size > 1;
  const cases = parts.map(decideDuplicates);
  const isReused = isMixed || cases.some((list) => list.includes("envelope-reused"));
  return isReused ? parts.map(({ messages }) => messages.map(() => "envelope-reused" as const)) : cases;
}
