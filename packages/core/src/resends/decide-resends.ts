import type { MessageState } from "../messages/index.ts";
import { resendable } from "../steering/index.ts";

/** Why a letter that met the choice is not sent again. */
export type LeftOutReason =
  | "not-found"
  | "not-the-sender"
  | "wrong-state"
  | "payload-pruned"
  | "copy-is-among-them"
  | "LOK"
  | "VER"
  | "MID";

/** Letters that are left out for the same reason; `state` says where those stand that cannot be sent from there. */
export type LeftOut = { reason: LeftOutReason; state: MessageState | null; count: number };

/** What is known of a letter that met the choice. */
export type Candidate = {
  id: string;
  state: MessageState;
  /** The letter that this one is a copy of, where it is one. */
  originId: string | null;
  isSender: boolean;
  hasContent: boolean;
  /** Why it cannot be routed now. */
  noRoute: "LOK" | "VER" | "MID" | null;
};

/**
 * Which of the letters are sent again, oldest first as given, and why the others are not. Of a letter and its copies only the
 * newest is sent: its receiver would have the same letter twice.
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

function reasonAgainst(letter: Candidate, copied: ReadonlySet<string | null>): LeftOutReason | undefined {
  if (!letter.isSender) return "not-the-sender";
  if (!resendable.includes(letter.state)) return "wrong-state";
  if (copied.has(letter.id)) return "copy-is-among-them";
  if (!letter.hasContent) return "payload-pruned";
  return letter.noRoute ?? undefined;
}
