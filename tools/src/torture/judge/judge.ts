import type { Evidence, Violation } from "./evidence.ts";
import { judgeAnswers } from "./judge-answers.ts";
import { judgeDeliveries } from "./judge-deliveries.ts";
import { judgeReceipts } from "./judge-receipts.ts";
import { judgeStates } from "./judge-states.ts";

/** The guarantees that the system broke in a run; empty if it passed. Pure. */
export function judge(evidence: Evidence): Violation[] {
  const { facts, deaths, readiness } = evidence;
  const unready = readiness.filter((word) => word !== "ready");
  return [
    ...unready.map((what) => ({ rule: "a gateway that is not ready again", what })),
    ...deaths.map((what) => ({ rule: "a gateway ended by itself", what })),
    ...(facts.journal.intact ? [] : [{ rule: "the journal's chain is broken", what: facts.journal.text }]),
    ...judgeAnswers(evidence),
    ...judgeStates(facts),
    ...judgeDeliveries(evidence),
    ...judgeReceipts(evidence),
  ];
}
