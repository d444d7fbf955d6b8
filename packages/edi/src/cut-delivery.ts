import { splitInterchange } from "./edifact/split.ts";
import { concatenated } from "./edifact/write.ts";
import type { InterchangeEnvelope } from "./envelope.ts";
import { renewEnvelope } from "./renew-envelope.ts";

/** Which letters stay, and the new envelope id and time where it gets them. */
export type CutChoice = {
  /** Indexes into the delivery's messages. */
  readonly messages: readonly number[];
  /** As for `renewEnvelope`. */
  readonly renewed?: { readonly reference: string; readonly preparedAt: string } | undefined;
};

/**
 * A delivery of any form with only some of its letters, their bytes untouched, under the same envelope or a renewed one. Throws
 * a RangeError for a letter that is not in it.
 */
export function cutDelivery(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
  choice: CutChoice,
): Uint8Array {
  const { messages, renewed } = choice;
  const missing = messages.find((index) => !interchange.messages[index]);
  if (missing !== undefined) throw new RangeError(`the delivery has no letter ${missing}`);
  if (interchange.form === "EDIFACT") {
    const envelope = renewed && { reference: renewed.reference, preparedAt: renewed.preparedAt.slice(0, 16) };
    return splitInterchange(bytes, interchange, { messages, ...envelope });
  }
  const kept = withoutOthers(bytes, interchange, new Set(messages));
  return renewed ? renewEnvelope(kept, interchange, renewed) : kept;
}

/** In XML a letter's range is its element: taking out the others leaves a delivery. */
function withoutOthers(
  bytes: Uint8Array,
  { messages }: InterchangeEnvelope,
  wanted: ReadonlySet<number>,
): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const [index, { range }] of messages.entries()) {
    if (wanted.has(index)) continue;
    pieces.push(bytes.subarray(at, range.start));
    at = range.end;
  }
  return pieces.length === 0 ? bytes : concatenated([...pieces, bytes.subarray(at)]);
}
