import { describe, expect, test } from "vitest";
import { readText, sha256 } from "../messages/edifact-text.ts";
import { planMessages } from "../messages/plan-messages.ts";
import { writeMessages, writeReceipt } from "../messages/write-messages.ts";
import type { Answer, LedgerLine, Submission } from "../parts.ts";
import type { Evidence } from "./evidence.ts";
import type { EventFact, MessageFact } from "./facts.ts";
import { judge } from "./judge.ts";

const doctor = { name: "doctor", gln: "5790000000011", key: "k1" };
const hospital = {
  name: "hospital",
  gln: "5790000000028",
  key: "k2",
  kind: "webhook",
  endpointIds: [],
} as const;
const still = { next: () => 0, between: (least: number) => least, chance: () => false };
const random = { ...still, pick: <T>(from: readonly T[]) => from[0] as T };
const tries = { attempts: 1, broken: 0, statuses: { 202: 1 }, unguided: 0 };

function submissionOf(number: number, fate: "delivered" | "VER"): Submission {
  const envelope = {
    sender: doctor.gln,
    receiver: hospital.gln,
    reference: `K${number}`,
    isAnswerWanted: true,
  };
  const drafts = [{ reference: `L${number}`, kind: "discharge" as const, fate }];
  const { bytes, messages } = writeMessages(envelope, drafts, random);
  const way = { idempotencyKey: undefined, isCompressed: false, expected: "taken", again: [] } as const;
  return { number, sender: doctor.gln, bytes, messages, ...way };
}

const answerOf = (number: number): Answer => ({
  number,
  status: 202,
  code: null,
  interchangeId: `i${number}`,
  messages: [{ id: `m${number}`, reference: `L${number}` }],
  at: 0,
  milliseconds: 1,
  tries,
});

function accepted(party: string, deliveryId: string, bytes: Buffer, isRepeat = false): LedgerLine {
  return { kind: "accepted", at: 1, party, deliveryId, isRepeat, sha256: sha256(bytes), ...readText(bytes) };
}

const message = (number: number, more: Partial<MessageFact>): MessageFact => ({
  id: `m${number}`,
  interchangeId: `i${number}`,
  kind: "received",
  envelope: `K${number}`,
  reference: `L${number}`,
  type: "DIS91",
  sender: doctor.gln,
  receiver: hospital.gln,
  state: "delivered",
  reason: null,
  deliveryId: null,
  ...more,
});

function eventsOf(messageId: string, ...steps: [EventFact["event"], EventFact["to"]][]): EventFact[] {
  return steps.map(([event, to], at) => ({ messageId, event, from: steps[at - 1]?.[1] ?? null, to }));
}

const refusal = writeReceipt(
  { sender: doctor.gln, receiver: hospital.gln, envelope: "K2", reference: "L2" },
  { isPositive: false, isWhole: true, reference: "R1" },
);

/** A run of two messages in which every guarantee held: one delivered after a lost answer, one refused. */
function anHonestRun() {
  const submissions = [submissionOf(1, "delivered"), submissionOf(2, "VER")];
  const [first] = submissions as [Submission];
  const ledger: LedgerLine[] = [
    accepted("hospital", "d1", first.bytes),
    accepted("hospital", "d1", first.bytes, true),
    accepted("doctor", "d2", refusal),
  ];
  const facts = {
    interchangeIds: new Set(["i1", "i2"]),
    messages: [message(1, { deliveryId: "d1" }), message(2, { state: "rejected", reason: "VER" })],
    events: [
      ...eventsOf(
        "m1",
        ["taken-in", "received"],
        ["found-valid", "validated"],
        ["found-route", "routed"],
        ["queued", "queued"],
        ["taken", "delivering"],
        ["taken", "delivering"],
        ["delivered", "delivered"],
      ),
      ...eventsOf(
        "m2",
        ["taken-in", "received"],
        ["found-valid", "validated"],
        ["found-no-route", "rejected"],
      ),
    ],
    deliveries: [
      { id: "d1", interchangeId: "i1", transport: "webhook", state: "done", isLeased: false, attempts: 2 },
    ],
    journal: { intact: true, text: "" },
  };
  const answers = new Map([1, 2].map((number) => [number, answerOf(number)]));
  return {
    submissions,
    answers,
    ledger,
    facts,
    senders: [doctor],
    receivers: [hospital],
    deaths: [] as string[],
    readiness: ["ready"],
  };
}
type Run = ReturnType<typeof anHonestRun>;

const bytesOf = (run: Run) => (run.submissions[0] as Submission).bytes;
const rulesOf = (evidence: Evidence) => [...new Set(judge(evidence).map(({ rule }) => rule))];

test("a run in which every guarantee held has no faults", () => {
  expect(judge(anHonestRun())).toEqual([]);
});

describe("the judge finds", () => {
  const breaks: [what: string, rule: string, broken: (run: Run) => unknown][] = [
    [
      "a 202 that was answered before the commit",
      "202 without a row",
      (run) => run.facts.interchangeIds.delete("i1"),
    ],
    ["a message whose row is gone", "a message is lost", (run) => run.facts.messages.shift()],
    [
      "a message that was accepted twice",
      "taken in twice",
      (run) => run.facts.messages.push(message(1, { id: "m9" })),
    ],
    ["an unanswered submission", "never answered", (run) => run.answers.delete(1)],
    [
      "an unexpected answer",
      "answered otherwise",
      (run) => run.answers.set(1, { ...answerOf(1), status: 409, code: "envelope-reused" }),
    ],
    [
      "an internal error before the final answer",
      "inner error answered",
      (run) => run.answers.set(1, { ...answerOf(1), tries: { ...tries, statuses: { 500: 1, 202: 1 } } }),
    ],
    [
      "a delivery that the worker did not record",
      "stands still",
      (run) => {
        run.facts.events.splice(6, 1);
        Object.assign(run.facts.messages[0] as MessageFact, { state: "delivering" });
        Object.assign(run.facts.deliveries[0] as object, { state: "waiting" });
      },
    ],
    [
      "a state that does not match its events",
      "state and events disagree",
      (run) => run.facts.events.splice(6, 1),
    ],
    [
      "a missing transition",
      "an event does not follow the one before",
      (run) => run.facts.events.splice(3, 1),
    ],
    [
      "a transition that the table does not allow",
      "a move that is not allowed",
      (run) => Object.assign(run.facts.events[1] as object, { event: "delivered" }),
    ],
    [
      "an orphaned lease",
      "a lease that is not free",
      (run) => Object.assign(run.facts.deliveries[0] as object, { isLeased: true }),
    ],
    [
      "a delivery that ended without its messages",
      "delivery and message disagree",
      (run) => Object.assign(run.facts.deliveries[0] as object, { state: "dead" }),
    ],
    [
      "a message reported as delivered that never arrived",
      "delivered, says the gateway, but never arrived",
      (run) => run.ledger.splice(0, 2),
    ],
    [
      "a message that arrived and is reported as lost",
      "arrived, but the gateway does not say so",
      (run) => Object.assign(run.facts.messages[0] as MessageFact, { state: "expired" }),
    ],
    [
      "a message that arrived with two delivery ids",
      "delivered twice under different ids",
      (run) => run.ledger.push(accepted("hospital", "d7", bytesOf(run))),
    ],
    [
      "a duplicate that its receiver could not recognise",
      "delivered twice",
      (run) => run.ledger.push(accepted("hospital", "d1", bytesOf(run))),
    ],
    [
      "one changed byte in a message",
      "other bytes arrived than were sent",
      (run) => {
        const changed = Buffer.from(bytesOf(run).toString("latin1").replace("EPI", "EPJ"), "latin1");
        run.ledger[0] = accepted("hospital", "d1", changed);
      },
    ],
    [
      "one changed byte in the envelope",
      "other bytes arrived than were sent",
      (run) => {
        const changed = Buffer.from(bytesOf(run).toString("latin1").replace("1201", "1202"), "latin1");
        run.ledger[0] = accepted("hospital", "d1", changed);
      },
    ],
    [
      "a message that nobody sent",
      "a message that nobody sent",
      (run) => run.ledger.push(accepted("hospital", "d8", submissionOf(8, "delivered").bytes)),
    ],
    [
      "a message that was delivered although its version is not received",
      "refused or carried wrongly",
      (run) => Object.assign(run.facts.messages[1] as MessageFact, { state: "expired", reason: null }),
    ],
    ["a refusal without a receipt", "its sender was not told", (run) => run.ledger.splice(2, 1)],
    [
      "a positive receipt after a negative one",
      "positive and negative for one message",
      (run) => {
        const name = { sender: doctor.gln, receiver: hospital.gln, envelope: "K2", reference: "L2" };
        const opposite = writeReceipt(name, { isPositive: true, isWhole: true, reference: "R2" });
        run.ledger.push(accepted("doctor", "d3", opposite));
      },
    ],
    [
      "a receipt that is missing from the message's row",
      "receipt and state disagree",
      (run) => {
        const name = { sender: doctor.gln, receiver: hospital.gln, envelope: "K1", reference: "L1" };
        const receipt = writeReceipt(name, { isPositive: true, isWhole: true, reference: "R3" });
        run.ledger.push(accepted("doctor", "d4", receipt));
      },
    ],
    [
      "a duplicate that was not recorded",
      "a duplicate that was not noted",
      (run) => {
        const again = { ...(run.submissions[0] as Submission), number: 3, messages: [] };
        run.submissions.push({ ...again, again: (run.submissions[0] as Submission).messages });
        run.answers.set(3, { ...answerOf(1), number: 3 });
      },
    ],
    [
      "a receiver's complaint of a wrong signature",
      "receiver's complaint",
      (run) => run.ledger.push({ kind: "fault", what: "a wrong signature", deliveryId: "d1" }),
    ],
    [
      "a temporary refusal without Retry-After",
      "503 without Retry-After",
      (run) => run.answers.set(1, { ...answerOf(1), tries: { ...tries, unguided: 1 } }),
    ],
    [
      "a gateway that stays degraded",
      "a gateway that is not ready again",
      (run) => run.readiness.push("degraded"),
    ],
    ["a gateway that crashed", "a gateway ended by itself", (run) => run.deaths.push("code 1")],
    [
      "a truncated journal",
      "the journal's chain is broken",
      (run) => Object.assign(run.facts.journal, { intact: false }),
    ],
  ];
  test.each(breaks)("%s", (_, rule, broken) => {
    const run = anHonestRun();
    broken(run);
    expect(rulesOf(run)).toContain(rule);
  });
});

test("the same seed plans the same messages, another seed others", () => {
  const world = { senders: [doctor], receivers: [hospital], unknownGln: "5790000000035" };
  const bytes = (seed: number) =>
    planMessages(seed, 200, world).flatMap(({ submissions }) => submissions.map((one) => sha256(one.bytes)));
  expect(bytes(7)).toEqual(bytes(7));
  expect(bytes(8)).not.toEqual(bytes(7));
  expect(new Set(bytes(7)).size).toBeGreaterThan(100);
});
