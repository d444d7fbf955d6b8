import { expect, test } from "vitest";
import type { MessageReason, MessageState } from "../messages/states.ts";
import { type MessageStep, possibleSteps } from "./possible-steps.ts";

const all = { hasContent: true, hasDelivery: true, isSender: true, isReceiver: true };

test.each<[MessageState, MessageReason | null, MessageStep[], MessageStep[]]>([
  ["queued", null, ["reroute", "hold", "cancel"], ["reroute", "hold"]],
  ["held", "paused", ["reroute", "hold", "cancel"], ["reroute", "hold"]],
  ["held", "quarantine", ["reroute", "release", "cancel"], ["reroute", "release"]],
  ["delivering", null, [], []],
  ["dead", "receiver-refused", ["reroute", "retry", "resend", "discard"], ["reroute", "retry", "discard"]],
  ["delivered", null, ["resend"], []],
  ["receipted-positive", null, ["resend"], []],
  ["receipted-negative", null, [], []],
  ["rejected", "VER", [], []],
  ["expired", "time-ran-out", [], []],
  ["cancelled", null, ["resend"], []],
])(
  "for a message that is %s (%s) the sender is offered %j, the receiver %j",
  (state, reason, sender, receiver) => {
    expect(possibleSteps({ ...all, state, reason, isReceiver: false })).toEqual(sender);
    expect(possibleSteps({ ...all, state, reason, isSender: false })).toEqual(receiver);
    expect(possibleSteps({ ...all, state, reason, isSender: false, isReceiver: false })).toEqual([]);
  },
);

test("a receipt that never had a route, or has no content, can only be discarded", () => {
  const dead = { ...all, state: "dead", reason: "no-route-for-receipt" } as const;
  expect(possibleSteps({ ...dead, hasDelivery: false, hasContent: false })).toEqual(["discard"]);
});

test.each([
  [{ takesTwo: true, isOwn: true }, ["release", "cancel"]],
  [{ takesTwo: false, isOwn: true }, ["reroute", "release", "cancel"]],
  [{ takesTwo: true, isOwn: false }, ["cancel"]],
  [{ takesTwo: false, isOwn: false }, ["cancel"]],
])("for a message held as %j its sender is offered %j: rerouting would release it", (hold, steps) => {
  expect(possibleSteps({ ...all, state: "held", reason: "quarantine", hold })).toEqual(steps);
});
