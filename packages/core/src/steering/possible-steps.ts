import type { MessageReason, MessageState } from "../messages/index.ts";
import { isMovable } from "../redirection/index.ts";

/** What a user can do with a message. */
export const messageSteps = ["reroute", "retry", "resend", "release", "hold", "cancel", "discard"] as const;
export type MessageStep = (typeof messageSteps)[number];

/** States of a message that may be resent unchanged (document 032). */
export const resendable: readonly MessageState[] = ["delivered", "receipted-positive", "dead", "cancelled"];

type Facts = {
  state: MessageState;
  reason: MessageReason | null;
  /** Its content has not been pruned. */
  hasContent: boolean;
  hasDelivery: boolean;
  /** How it is held; undefined where no side holds it. */
  hold?: { takesTwo: boolean; isOwn: boolean } | undefined;
  isSender: boolean;
  isReceiver: boolean;
};

/** The actions that a message's state allows for a user of its sender's or its receiver's side, the likeliest first. */
export function possibleSteps(facts: Facts): MessageStep[] {
  const { state, reason, isSender, hasDelivery } = facts;
  const isEither = isSender || facts.isReceiver;
  const isWaiting = state === "queued" || state === "held";
  const isApart = state === "held" && reason === "quarantine";
  const isOthers = isApart && facts.hold?.isOwn === false;
  const takesTwo = isApart && facts.hold?.takesTwo === true;
  const allowed: Record<MessageStep, boolean> = {
    reroute: isEither && hasDelivery && isMovable(state) && state !== "delivering" && !takesTwo && !isOthers,
    retry: isEither && hasDelivery && state === "dead",
    resend: isSender && facts.hasContent && resendable.includes(state),
    release: isEither && isApart && !isOthers,
    hold: isEither && hasDelivery && isWaiting && !isApart,
    cancel: isSender && hasDelivery && isWaiting,
    discard: isEither && state === "dead",
  };
  return messageSteps.filter((step) => allowed[step]);
}
