import type { Answer, LedgerLine, MessageName, Party, Submission } from "../parts.ts";
import type { Facts } from "./facts.ts";

/** Everything observed in a run. */
export type Evidence = {
  submissions: readonly Submission[];
  answers: ReadonlyMap<number, Answer>;
  ledger: readonly LedgerLine[];
  facts: Facts;
  senders: readonly Party[];
  receivers: readonly Party[];
  /** Gateways that ended without being killed. */
  deaths: readonly string[];
  /** What each gateway reports about itself after everything is repaired. */
  readiness: readonly string[];
};

/** A guarantee that was broken, and where. */
export type Violation = { rule: string; what: string };

/** The identity of a message, as one text. */
export const nameOf = ({ sender, receiver, envelope, reference }: MessageName) =>
  `${sender} > ${receiver} ${envelope}/${reference}`;
