import { decodeCursor, encodeCursor } from "../paging.ts";
import { FeedOffset } from "./schemas.ts";

/** A stretch of the feed; its numbers lie above `beganAfter`, up to where the next one began. */
export type FeedEpoch = { epoch: number; beganAfter: number };

/** How far the feed has come, and its epochs in their order. */
export type FeedPosition = { head: number; epochs: readonly FeedEpoch[] };

/** Where a reader goes on: after a number; or its history is not this database's, and it begins anew after `begin`. */
export type FeedStart = { kind: "after"; sequence: number } | { kind: "gone"; begin: number };

/** The offset of a number: its epoch with it, so that another database does not take it for its own. Pure. */
export function offsetOf(sequence: number, { epochs }: Pick<FeedPosition, "epochs">): string {
  const own = epochs.findLast(({ beganAfter }) => beganAfter < sequence);
  return own ? encodeCursor([own.epoch, sequence]) : "0";
}

/** What an offset names: a number in an epoch, or an event as earlier versions named it. Throws `invalid` for other texts. */
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
 * Where a reader with a numbered offset goes on. Up to the end of its epoch its numbers are ours. Numbers beyond were given by a
 * database of which this is an older copy, or by a copy of it; they mean something else here. Pure.
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
  // What is here was common to both until the first of our epochs that began after the reader's had.
  const fork = epochs.find(({ epoch }) => epoch > offset.epoch) ?? epochs.at(-1);
  return { kind: "gone", begin: fork?.beganAfter ?? 0 };
}
