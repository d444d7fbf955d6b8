import { stripVTControlCharacters } from "node:util";

/** The part of the output of Vitest's JSON reporter that is used here. */
export type Report = {
  readonly testResults: ReadonlyArray<{
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: ReadonlyArray<{
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }>;
  }>;
};
export type Counts = { passed: number; failed: number; skipped: number };

/** Counts the tests of a report; a file that failed without a failed test (it could not be loaded) counts as one. */
export function countReport(report: Report): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    const failed = file.assertionResults.filter(({ status }) => status === "failed").length;
    const passed = file.assertionResults.filter(({ status }) => status === "passed").length;
    counts.passed += passed;
    counts.failed += failed === 0 && file.status === "failed" ? 1 : failed;
    counts.skipped += file.assertionResults.length - passed - failed;
  }
  return counts;
}

const lengthMax = 500;
// Messages contain terminal colours; strip them for logs.
const plain = (message: string | undefined) =>
  stripVTControlCharacters(message ?? "")
    .replaceAll(/\s+/g, " ")
    .slice(0, lengthMax);

/** A line for every failed test of a report, with its file, its name and the beginning of the failure message. */
export function listFailures(report: Report): string[] {
  return report.testResults.flatMap(({ name: file, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0) return status === "failed" ? [`${file}: ${plain(message)}`] : [];
    return failed.map((test) => `${file}: ${test.fullName}: ${plain(test.failureMessages?.[0])}`);
  });
}
