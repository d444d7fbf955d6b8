import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  deadlineOf,
  deadlineSeconds,
  type MessageEvent,
  type MessageState,
  messageEvents,
  messageStates,
  moves,
  nextState,
} from "./states.ts";

const now = new Date("2026-03-01T10:00:00Z");

describe("a message", () => {
  test.each<[MessageState | null, MessageEvent, MessageState | undefined]>([
    [null, "taken-in", "received"],
    [null, "queued", undefined],
    ["received", "found-valid", "validated"],
    ["received", "found-invalid", "rejected"],
    ["received", "delivered", undefined],
    ["validated", "found-route", "routed"],
    ["validated", "found-no-route", "rejected"],
    ["validated", "receipt-refused", "dead"],
    ["routed", "queued", "queued"],
    ["routed", "held", "held"],
    ["queued", "taken", "delivering"],
    ["queued", "cancelled", "cancelled"],
    ["delivering", "taken", "delivering"],
    ["delivering", "attempt-failed", "queued"],
    ["delivering", "delivered", "delivered"],
    ["delivering", "refused-by-receiver", "dead"],
    ["delivering", "cancelled", undefined],
    ["delivered", "positive-receipt", "receipted-positive"],
    ["delivered", "refused-by-receiver", undefined],
    ["receipted-positive", "negative-receipt", undefined],
    ["receipted-positive", "receipt-contradicts", "receipted-positive"],
    ["receipted-negative", "positive-receipt", undefined],
    ["rejected", "positive-receipt", undefined],
    ["rejected", "queued", undefined],
    ["expired", "delivered", undefined],
    ["held", "released", "queued"],
    ["dead", "retried", "queued"],
    ["dead", "discarded", "expired"],
    ["cancelled", "taken", undefined],
  ])("in state %s with event %s is then %s", (from, event, to) => {
    expect(nextState(from, event)).toBe(to);
  });

  test("never goes from a positive receipt to a negative one or the reverse, in any order of events", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...messageEvents), { maxLength: 60 }), (events) => {
        let state: MessageState | null = null;
        const polarities = new Set<string>();
        for (const event of events) {
          state = nextState(state, event) ?? state;
          if (state === "receipted-positive") polarities.add("+");
          // All three tell the sender that the message was not delivered.
          if (state === "receipted-negative" || state === "rejected" || state === "expired")
            polarities.add("-");
        }
        expect(polarities.size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 5000 },
    );
  });

  test("can reach every state, and every event can happen", () => {
    const reached = new Set(Object.values(moves).flatMap((targets) => Object.values(targets)));
    expect(messageStates.filter((state) => state !== "received" && !reached.has(state))).toEqual([]);
    const used = new Set(["taken-in", ...Object.values(moves).flatMap((targets) => Object.keys(targets))]);
    expect(messageEvents.filter((event) => !used.has(event))).toEqual([]);
  });
});

describe("the deadline", () => {
  test("exists in every state that is not final", () => {
    const ends: MessageState[] = [
      "receipted-positive",
      "receipted-negative",
      "rejected",
      "expired",
      "cancelled",
    ];
    for (const state of messageStates) {
      expect(deadlineOf(state, now, "requested") === null, state).toBe(ends.includes(state));
      expect(deadlineSeconds[state] === null, state).toBe(ends.includes(state));
    }
  });

  test.each<[MessageState, string]>([
    ["received", "2026-03-01T10:01:00Z"],
    ["validated", "2026-03-01T10:01:00Z"],
    ["routed", "2026-03-01T10:01:00Z"],
    ["delivering", "2026-03-01T10:15:00Z"],
    ["queued", "2026-03-06T11:00:00Z"],
    ["held", "2026-03-06T11:00:00Z"],
    ["dead", "2026-03-02T10:00:00Z"],
  ])("of a message that is %s is %s, an hour after five days where it is retried", (state, expected) => {
    expect(deadlineOf(state, now, "not-requested")).toEqual(new Date(expected));
  });

  test("of a delivered message exists only when its sender asked for a receipt", () => {
    expect(deadlineOf("delivered", now, "not-requested")).toBeNull();
    expect(deadlineOf("delivered", now, "requested")).toEqual(new Date("2026-03-02T10:00:00Z"));
  });
});
