import type { MessageState } from "../messages/index.ts";
import { resendable } from "../steering/index.ts";

/** Why a message that met the choice is not sent again. */
export type LeftOutReason =
  | "not-found"
  | "not-the-sender"
  | "wrong-state"
  | "payload-pruned"
  | "copy-is-among-them"
  | "LOK"
  | "VER"
  | "MID";

/** Messages that are left out for the same reason; `state` says where those stand that cannot be sent from there. */
export type LeftOut = { reason: LeftOutReason; state: MessageState | null; count: number };

/** What is known of a message that met the choice. */
export type Candidate = {
  id: string;
  state: MessageState;
  /** The message that this one is a copy of, where it is one. */
  originId: string | null;
  isSender: boolean;
  hasContent: boolean;
  /** Why it cannot be routed now. */
  noRoute: "LOK" | "VER" | "MID" | null;
};

/**
 * Which of the messages are sent again, oldest first as given, and why the others are not. Of a message and its copies only the
 * newest is sent: its receiver would have the same message twice.
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
