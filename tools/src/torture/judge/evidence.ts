import type { Answer, LedgerLine, MessageName, Party, Submission } from "../parts.ts";
import type { Facts } from "./facts.ts";

/** Everything that was seen of a run. */
export type Evidence = {
  submissions: readonly Submission[];
  answers: ReadonlyMap<number, Answer>;
  ledger: readonly LedgerLine[];
  facts: Facts;
  senders: readonly Party[];
  receivers: readonly Party[];
  /** Gateways that ended by themselves. */
  deaths: readonly string[];
  /** What each gateway says of itself when everything is mended. */
  readiness: readonly string[];
};

/** A promise that was not kept, and where. */
export type Violation = { rule: string; what: string };

/** A message by name, as one text. */
export const nameOf = ({ sender, receiver, envelope, reference }: MessageName) =>
  `${sender} > ${receiver} ${envelope}/${reference}`;
