import { edifactEdits } from "./edifact/cut-edits.ts";
import { ByteEditor, type Edit, editBytes } from "./edit-bytes.ts";
import type { InterchangeEnvelope } from "./envelope.ts";
import { ownEdits } from "./own-edits.ts";

/** Which messages to keep, and the new envelope id and time, if any. */
export type CutChoice = {
  /** Indexes into the interchange's messages; they keep their order in the interchange. */
  readonly messages: readonly number[];
  /** As for `renewEnvelope`. */
  readonly renewed?: { readonly reference: string; readonly preparedAt: string } | undefined;
};

/**
 * An interchange of any form with only some of its messages, their bytes unchanged, under the same envelope or a renewed one.
 * Throws a RangeError for a message that is not in it.
 */
export function cutDelivery(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
  choice: CutChoice,
): Uint8Array {
  return editBytes(bytes, cutEdits(interchange, choice));
}

/**
 * The same for bytes that are pushed in chunks: `push` and `end` return the new bytes. Memory does not grow with the interchange.
 */
export function deliveryCutter(
  interchange: InterchangeEnvelope,
  choice: CutChoice,
): Pick<ByteEditor, "push" | "end"> {
  return new ByteEditor(cutEdits(interchange, choice));
}

function cutEdits(interchange: InterchangeEnvelope, { messages, renewed }: CutChoice): Edit[] {
  const missing = messages.find((index) => !interchange.messages[index]);
  if (missing !== undefined) throw new RangeError(`the delivery has no message ${missing}`);
  const wanted = new Set(messages);
  if (interchange.form === "EDIFACT") return edifactEdits(interchange, wanted, renewed);
  // In XML a message's range is its element: removing the others leaves a valid document.
  const others = interchange.messages.filter((_, index) => !wanted.has(index));
  const removed = others.map(({ range }): Edit => ({ range, value: new Uint8Array(0) }));
  return renewed ? [...removed, ...ownEdits(interchange, renewed)] : removed;
}
