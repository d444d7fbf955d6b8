import { sha256 } from "../messages/edifact-text.ts";
import type { LedgerLine, PlannedMessage, Submission } from "../parts.ts";
import { type Evidence, nameOf, type Violation } from "./evidence.ts";

type Accepted = Extract<LedgerLine, { kind: "accepted" }>;
type Arrival = { line: Accepted; sha256: string };

/** Everything that arrived, by message. */
function arrivalsOf(ledger: readonly LedgerLine[]): Map<string, Arrival[]> {
  const arrivals = new Map<string, Arrival[]>();
  for (const line of ledger) {
    if (line.kind !== "accepted") continue;
    for (const message of line.messages) {
      const name = nameOf({ ...line, reference: message.reference });
      arrivals.set(name, [...(arrivals.get(name) ?? []), { line, sha256: message.sha256 }]);
    }
  }
  return arrivals;
}

const reached: ReadonlySet<string> = new Set(["delivered", "receipted-positive", "receipted-negative"]);

type Message = {
  message: PlannedMessage;
  arrivals: readonly Arrival[];
  rows: readonly { state: string; reason: string | null }[];
};

function judgeMessage({ message, arrivals, rows }: Message): Violation[] {
  const name = nameOf(message);
  const [row] = rows;
  if (!row) return [{ rule: "a message is lost", what: `${name}: no row` }];
  const found: Violation[] = [];
  if (rows.length > 1) found.push({ rule: "taken in twice", what: name });
  const isRefused = message.fate !== "delivered";
  if (isRefused !== (row.state === "rejected") || (isRefused && row.reason !== message.fate)) {
    const what = `${name}: ${message.fate}, but ${row.state} ${row.reason ?? ""}`;
    found.push({ rule: "refused or carried wrongly", what });
  }
  if (reached.has(row.state) && arrivals.length === 0) {
    found.push({ rule: "delivered, says the gateway, but never arrived", what: name });
  }
  if (!reached.has(row.state) && arrivals.length > 0) {
    found.push({ rule: "arrived, but the gateway does not say so", what: `${name} is ${row.state}` });
  }
  if (new Set(arrivals.map(({ line }) => line.deliveryId)).size > 1) {
    found.push({ rule: "delivered twice under different ids", what: name });
  }
  if (arrivals.filter(({ line }) => !line.isRepeat).length > 1) {
    found.push({ rule: "delivered twice", what: name });
  }
  if (arrivals.some((arrival) => arrival.sha256 !== message.sha256)) {
    found.push({ rule: "other bytes arrived than were sent", what: name });
  }
  return found;
}

/** The messages of an accepted submission: each separately, and all together where they arrived together. */
function judgeSubmission(
  { messages, bytes }: Submission,
  arrivals: ReadonlyMap<string, readonly Arrival[]>,
  rows: ReadonlyMap<string, Message["rows"]>,
): Violation[] {
  const whole = sha256(bytes);
  return messages.flatMap((message) => {
    const name = nameOf(message);
    const arrived = arrivals.get(name) ?? [];
    const together = arrived.filter(({ line }) => line.messages.length === messages.length);
    const isChanged = together.some(({ line }) => line.sha256 !== whole);
    return [
      ...judgeMessage({ message, arrivals: arrived, rows: rows.get(name) ?? [] }),
      ...(isChanged ? [{ rule: "other bytes arrived than were sent", what: `all of ${name}` }] : []),
    ];
  });
}

/** Messages against rows and receivers: none lost, none duplicated, each at its destination, byte for byte. Pure. */
export function judgeDeliveries({ submissions, answers, ledger, facts }: Evidence): Violation[] {
  const arrivals = arrivalsOf(ledger);
  const rows = Map.groupBy(
    facts.messages.filter(({ kind }) => kind === "received"),
    (row) => nameOf(row),
  );
  const known = new Set(submissions.flatMap(({ messages }) => messages.map(nameOf)));
  const taken = submissions.filter(({ number }) => answers.get(number)?.status === 202);
  const strange = [...arrivals].filter(
    ([name, [arrival]]) => arrival?.line.receipts.length === 0 && !known.has(name),
  );
  return [
    ...taken.flatMap((submission) => judgeSubmission(submission, arrivals, rows)),
    ...strange.map(([what]) => ({ rule: "a message that nobody sent", what })),
  ];
}
