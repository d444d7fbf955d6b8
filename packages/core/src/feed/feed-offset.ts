import { decodeCursor, encodeCursor } from "../paging.ts";
import { FeedOffset } from "./schemas.ts";

/** A section of the feed; its numbers are above `beganAfter`, up to the start of the next one. */
type FeedEpoch = { epoch: number; beganAfter: number };

/** The last number of the feed, and its epochs in order. */
export type FeedPosition = { head: number; epochs: readonly FeedEpoch[] };

/** Where a reader continues: after a number; or its offset is from another database's history, and it restarts after `begin`. */
export type FeedStart = { kind: "after"; sequence: number } | { kind: "gone"; begin: number };

/** The offset of a number: it includes the epoch, so that another database does not mistake it for its own. Pure. */
export function offsetOf(sequence: number, { epochs }: Pick<FeedPosition, "epochs">): string {
  const own = epochs.findLast(({ beganAfter }) => beganAfter < sequence);
  return own ? encodeCursor([own.epoch, sequence]) : "0";
}

/**
 * What an offset refers to: a number in an epoch, or an event in the format of earlier versions. Throws `invalid` for other
 * texts.
 */
export function parseOffset(
  text: string,
): { kind: "numbered"; epoch: number; sequence: number } | { kind: "event"; xid: string; id: number } {
  if (text === "0") return { kind: "event", xid: "0", id: 0 };
  const [first, second] = decodeCursor(FeedOffset, text);
  return typeof first === "number"
    ? { kind: "numbered", epoch: first, sequence: second }
    : { kind: "event", xid: first, id: second };
}

/**
 * Where a reader with a numbered offset continues. Numbers up to the end of the offset's epoch are ours. Numbers beyond were
 * issued by a database of which this is an older copy, or by a copy of it; here they mean something else. Pure.
 */
export function startAfter(
  offset: { epoch: number; sequence: number },
  { head, epochs }: FeedPosition,
): FeedStart {
  const at = epochs.findIndex(({ epoch }) => epoch === offset.epoch);
  if (at >= 0) {
    const end = epochs[at + 1]?.beganAfter ?? head;
    return offset.sequence <= end
      ? { kind: "after", sequence: offset.sequence }
      : { kind: "gone", begin: end };
  }
  // The history is common up to the first of our epochs that began after the reader's.
  const fork = epochs.find(({ epoch }) => epoch > offset.epoch) ?? epochs.at(-1);
  return { kind: "gone", begin: fork?.beganAfter ?? 0 };
}
