import { type Evidence, nameOf, type Violation } from "./evidence.ts";
import type { MessageFact } from "./facts.ts";

type Told = Map<string, { positive: number; negative: number }>;

/** The receipts that senders got for each message: with which polarity, and how often. */
function toldOf({ ledger, senders }: Evidence): Told {
  const names = new Set(senders.map(({ name }) => name));
  const told: Told = new Map();
  for (const line of ledger) {
    if (line.kind !== "accepted" || line.isRepeat || !names.has(line.party)) continue;
    for (const receipt of line.receipts) {
      const name = nameOf(receipt);
      const counts = told.get(name) ?? { positive: 0, negative: 0 };
      if (receipt.isPositive) counts.positive += 1;
      else counts.negative += 1;
      told.set(name, counts);
    }
  }
  return told;
}

const negativeEnds: ReadonlySet<string> = new Set(["rejected", "expired", "receipted-negative"]);

function judgeMessage(
  row: MessageFact,
  told: { positive: number; negative: number } | undefined,
): Violation[] {
  const name = nameOf(row);
  const found: Violation[] = [];
  if (told && told.positive > 0 && told.negative > 0) {
    found.push({ rule: "positive and negative for one message", what: name });
  }
  if (negativeEnds.has(row.state) && !told?.negative) {
    found.push({ rule: "its sender was not told", what: `${name} is ${row.state}` });
  }
  if (row.state === "receipted-positive" && !told?.positive) {
    found.push({ rule: "its sender was not told", what: `${name} is ${row.state}` });
  }
  const isUnanswered = row.state === "delivered" || row.state === "cancelled";
  const contradicts =
    told &&
    ((told.positive > 0 && row.state !== "receipted-positive") || (told.negative > 0 && isUnanswered));
  if (contradicts) {
    const what = `${name} is ${row.state}, told +${told.positive} -${told.negative}`;
    found.push({ rule: "receipt and state disagree", what });
  }
  return found;
}

/** How often each message was seen again, by its events. */
function seenAgain({ facts }: Evidence): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { event, messageId } of facts.events) {
    if (event === "duplicate-received") counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  }
  return counts;
}

/** Duplicates were recorded, and if the message had been refused the negative receipt was sent once more. */
function judgeAgain(evidence: Evidence, rows: ReadonlyMap<string, MessageFact>, told: Told): Violation[] {
  const again = seenAgain(evidence);
  const repeated = evidence.submissions.filter(
    // A request replayed by its Idempotency-Key is not a duplicate.
    ({ number, idempotencyKey }) =>
      evidence.answers.get(number)?.status === 202 && !idempotencyKey?.endsWith("-replayed"),
  );
  return repeated.flatMap((submission) =>
    submission.again.flatMap((message) => {
      const what = nameOf(message);
      const row = rows.get(what);
      const found: Violation[] = [];
      if (row && !again.has(row.id)) found.push({ rule: "a duplicate that was not noted", what });
      if (row?.state === "rejected" && (told.get(what)?.negative ?? 0) < 2) {
        found.push({ rule: "a duplicate that was not answered again", what });
      }
      return found;
    }),
  );
}

/** Receipts against messages: each sender got one final result for each of its messages, none for others'. Pure. */
export function judgeReceipts(evidence: Evidence): Violation[] {
  const told = toldOf(evidence);
  const messages = evidence.facts.messages.filter(
    ({ kind, type }) => kind === "received" && !type.startsWith("CTL"),
  );
  const rows = new Map(messages.map((row) => [nameOf(row), row]));
  const strange = [...told.keys()].filter((name) => !rows.has(name));
  return [
    ...messages.flatMap((row) => judgeMessage(row, told.get(nameOf(row)))),
    ...strange.map((what) => ({ rule: "a receipt for a message that nobody sent", what })),
    ...judgeAgain(evidence, rows, told),
  ];
}
