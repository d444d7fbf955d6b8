import type { MessageState } from "../messages/index.ts";
import { resendable } from "../steering/index.ts";

/** Why a selected message is not resent. */
type LeftOutReason =
  | "not-found"
  | "not-the-sender"
  | "wrong-state"
  | "payload-pruned"
  | "copy-is-among-them"
  | "LOK"
  | "VER"
  | "MID";

/** Messages left out for the same reason; `state`: the state that prevented it. */
export type LeftOut = { reason: LeftOutReason; state: MessageState | null; count: number };

/** The facts about a selected message. */
export type Candidate = {
  id: string;
  state: MessageState;
  /** The message that this one is a copy of, if it is. */
  originId: string | null;
  isSender: boolean;
  hasContent: boolean;
  /** Why it cannot be routed now. */
  noRoute: "LOK" | "VER" | "MID" | null;
};

/**
 * Which of the messages are resent, in the order given, oldest first, and why the others are not. Of a message and its copies
 * only the newest is sent: otherwise its receiver would get the same message twice.
 */
export function decideResends(candidates: readonly Candidate[]): { send: string[]; leftOut: LeftOut[] } {
  const copied = new Set(candidates.map(({ originId }) => originId));
  const send: string[] = [];
  const counts = new Map<string, LeftOut>();
  for (const candidate of candidates) {
    const reason = reasonAgainst(candidate, copied);
    if (!reason) {
      send.push(candidate.id);
      continue;
    }
    const state = reason === "wrong-state" ? candidate.state : null;
    const group = counts.get(`${reason} ${state}`) ?? { reason, state, count: 0 };
    counts.set(`${reason} ${state}`, { ...group, count: group.count + 1 });
  }
  return { send, leftOut: [...counts.values()].sort((a, b) => b.count - a.count) };
}

function reasonAgainst(message: Candidate, copied: ReadonlySet<string | null>): LeftOutReason | undefined {
  if (!message.isSender) return "not-the-sender";
  if (!resendable.includes(message.state)) return "wrong-state";
  if (copied.has(message.id)) return "copy-is-among-them";
  if (!message.hasContent) return "payload-pruned";
  return message.noRoute ?? undefined;
}
