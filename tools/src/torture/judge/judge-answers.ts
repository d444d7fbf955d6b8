import type { Answer, LedgerLine, Submission } from "../parts.ts";
import { type Evidence, nameOf, type Violation } from "./evidence.ts";

const isAsExpected = {
  taken: (answer: Answer) => answer.status === 202,
  "envelope-reused": (answer: Answer) => answer.code === "envelope-reused",
  "key-reused": (answer: Answer) => answer.code === "idempotency-key-reused",
  unreadable: (answer: Answer) => answer.status >= 400 && answer.status < 500,
};

type Rows = { interchangeIds: ReadonlySet<string>; messageIds: ReadonlySet<string> };

/** Everything answered 202 is stored, and no client saw an internal error. */
function judgeAnswer(answer: Answer, rows: Rows, what: string): Violation[] {
  const found: Violation[] = [];
  if (answer.tries.statuses[500]) found.push({ rule: "inner error answered", what });
  if (answer.tries.unguided > 0) found.push({ rule: "503 without Retry-After", what });
  if (answer.status !== 202) return found;
  if (answer.interchangeId === null || !rows.interchangeIds.has(answer.interchangeId)) {
    found.push({ rule: "202 without a row", what });
  }
  if (answer.messages.length === 0 || answer.messages.some(({ id }) => !rows.messageIds.has(id))) {
    found.push({ rule: "202 without its messages", what });
  }
  return found;
}

function judgeSubmission(submission: Submission, answer: Answer | undefined, rows: Rows): Violation[] {
  const what = `submission ${submission.number}`;
  if (!answer) return [{ rule: "never answered", what }];
  const found = judgeAnswer(answer, rows, what);
  if (isAsExpected[submission.expected](answer)) return found;
  const is = `${what}: ${submission.expected}, but ${answer.status} ${answer.code ?? ""}`;
  return [...found, { rule: "answered otherwise", what: is }];
}

function judgeLine(line: LedgerLine, rows: Rows): Violation[] {
  if (line.kind === "fault") {
    return [{ rule: "receiver's complaint", what: `${line.what} (${line.deliveryId})` }];
  }
  if (line.kind !== "receipt-sent") return [];
  const { answer } = line;
  const what = `the receipt for ${nameOf(line.message)}`;
  const found = judgeAnswer(answer, rows, what);
  if (answer.status === 202) return found;
  return [...found, { rule: "answered otherwise", what: `${what}: ${answer.status} ${answer.code ?? ""}` }];
}

/** Every request was answered, with an expected answer. Pure. */
export function judgeAnswers({ submissions, answers, ledger, facts }: Evidence): Violation[] {
  const rows: Rows = {
    interchangeIds: facts.interchangeIds,
    messageIds: new Set(facts.messages.map(({ id }) => id)),
  };
  return [
    ...submissions.flatMap((submission) => judgeSubmission(submission, answers.get(submission.number), rows)),
    ...ledger.flatMap((line) => judgeLine(line, rows)),
  ];
}
