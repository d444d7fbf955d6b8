import type { ByteRange, GroupEnvelope, Party } from "../envelope.ts";
import { idIn, partyOf } from "./party.ts";
import type { SegmentTokens } from "./tokens.ts";

/** A group that is being read. */
export type Group = {
  readonly reference: string;
  readonly sender: Party;
  readonly receiver: Party;
  readonly header: ByteRange;
  /** What UNG states about its messages in the order of S009, "" if absent: type, version, release, agency, association code. */
  readonly stated: readonly string[];
  trailer?: ByteRange;
  messages: number;
  type: string;
};

/** An open group with the values of UNG. */
export function openGroup(tokens: SegmentTokens, header: ByteRange): Group {
  const [type, agency] = [tokens.text(1), tokens.text(6)];
  const stated = [type, tokens.text(7, 0), tokens.text(7, 1), agency, tokens.text(7, 2)];
  const [sender, receiver] = [partyOf(tokens, 2), partyOf(tokens, 3)];
  return { reference: idIn(tokens, 5), sender, receiver, header, stated, messages: 0, type: "" };
}

/** Index of the component of a message's S009 that differs from UNG, -1 if none does. */
export function differenceFromGroup(
  { stated }: Group,
  { identifier }: { readonly identifier: readonly string[] },
): number {
  return stated.findIndex(
    (value, at) => value !== "" && (identifier[at] ?? "") !== "" && value !== identifier[at],
  );
}

/** The envelope of a complete group. */
export function finishedGroup({ reference, sender, receiver, header, trailer }: Group): GroupEnvelope {
  return { reference, sender, receiver, header, ...(trailer && { trailer }) };
}
