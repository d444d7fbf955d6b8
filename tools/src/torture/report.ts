import type { Violation } from "./judge/evidence.ts";
import type { Tries } from "./parts.ts";
import type { RunResult } from "./run.ts";

function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value === undefined ? "-" : `${Math.round(value)} ms`;
}

const counted = (names: Iterable<string>) =>
  [...Map.groupBy(names, (name) => name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, list]) => `${name} ${list.length}`)
    .join(", ");

function triesText(all: readonly Tries[]): string {
  const statuses = new Map<string, number>();
  for (const { statuses: some } of all) {
    for (const [status, count] of Object.entries(some))
      statuses.set(status, (statuses.get(status) ?? 0) + count);
  }
  const attempts = all.reduce((sum, tries) => sum + tries.attempts, 0);
  const broken = all.reduce((sum, tries) => sum + tries.broken, 0);
  const answered = [...statuses].sort().map(([status, count]) => `${status} ${count}`);
  return `${attempts} attempts, ${broken} broken off; answers: ${answered.join(", ")}`;
}

/** Milliseconds from the 202 to the first arrival at the receiver, for every message that arrived. */
function waits({ submissions, answers, ledger }: RunResult): number[] {
  const arrived = new Map<string, number>();
  for (const line of ledger) {
    if (line.kind === "accepted" && !line.isRepeat) arrived.set(`${line.sender} ${line.envelope}`, line.at);
  }
  return submissions.flatMap(({ number, messages, sender }) => {
    const at = arrived.get(`${sender} ${messages[0]?.envelope}`);
    const answer = answers.get(number);
    return at !== undefined && answer?.status === 202 ? [Math.max(0, at - answer.at)] : [];
  });
}

/** The statistics of a run, and the judge's result. */
export function reportOf(run: RunResult, violations: readonly Violation[]): string[] {
  const { submissions, answers, ledger, facts, incidents } = run;
  const messages = submissions.reduce((sum, submission) => sum + submission.messages.length, 0);
  const accepted = ledger.filter((line) => line.kind === "accepted");
  const repeats = accepted.filter(({ isRepeat }) => isRepeat);
  const sent = facts.messages.filter(({ kind, type }) => kind === "received" && !type.startsWith("CTL"));
  const disk = {
    tmpfs: "a file system without a free block",
    "read-only": "writes refused by PostgreSQL (no right to mount)",
  };
  return [
    `Messages        ${messages} in ${submissions.length} submissions, sent in ${run.seconds.sending.toFixed(0)} s, quiet after ${run.seconds.quiet.toFixed(0)} s`,
    `Incidents      ${counted(incidents)}`,
    `Full disk      ${disk[run.fullDisk]}; starts of the database that failed: ${run.failedStarts}`,
    `Gateways met   ${[...run.troubles].map(([what, count]) => `${what} ${count}`).join(", ")}`,
    `Sender         ${triesText([...answers.values()].map(({ tries }) => tries))}`,
    `Answered 202   p50 ${percentile(
      [...answers.values()].map((one) => one.milliseconds),
      0.5,
    )}, p99 ${percentile(
      [...answers.values()].map((one) => one.milliseconds),
      0.99,
    )}`,
    `Delivered      p50 ${percentile(waits(run), 0.5)}, p99 ${percentile(waits(run), 0.99)} after the answer`,
    `Receivers      ${accepted.length - repeats.length} deliveries taken, ${repeats.length} came again and were recognised`,
    `Their failures ${counted(ledger.flatMap((line) => (line.kind === "failed" ? [line.how] : [])))}`,
    `Attempts       ${facts.deliveries.reduce((sum, { attempts }) => sum + attempts, 0)} for ${facts.deliveries.length} deliveries`,
    `Messages ended  ${counted(sent.map(({ state }) => state))}`,
    `Events         ${facts.events.length}; duplicates seen ${facts.events.filter(({ event }) => event === "duplicate-received").length}`,
    violations.length === 0
      ? "Judged         every promise was kept"
      : `Judged         ${violations.length} broken: ${counted(violations.map(({ rule }) => rule))}`,
    ...violations.slice(0, 40).map(({ rule, what }) => `  ${rule}: ${what}`),
  ];
}
