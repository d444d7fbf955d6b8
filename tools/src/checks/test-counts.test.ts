import { expect, test } from "vitest";
import { countReport, listFailures, type Report } from "./test-counts.ts";

const passed = { status: "passed", fullName: "routes are found" };
const failed = {
  status: "failed",
  fullName: "messages are kept",
  failureMessages: ["AssertionError: \u001b[31mexpected 1\u001b[39m\n  to be 2"],
};
const file = { name: "messages.test.ts", message: "" };

test.each([
  {
    name: "passed tests are counted",
    results: [{ status: "passed", assertionResults: [passed, passed] }],
    counts: [2, 0, 0],
  },
  {
    name: "a failed test is counted once",
    results: [{ status: "failed", assertionResults: [passed, failed] }],
    counts: [1, 1, 0],
  },
  {
    name: "a file that cannot be loaded is a failure",
    results: [{ status: "failed", assertionResults: [] }],
    counts: [0, 1, 0],
  },
  {
    name: "a skipped test is not a passed one",
    results: [{ status: "passed", assertionResults: [passed, { ...passed, status: "skipped" }] }],
    counts: [1, 0, 1],
  },
])("$name", ({ results, counts }) => {
  const testResults = results.map((result) => ({ ...file, ...result }));
  expect(Object.values(countReport({ testResults }))).toEqual(counts);
});

test("every failure is a line with its file, its name and why, without colours", () => {
  const report: Report = {
    testResults: [
      { ...file, status: "failed", assertionResults: [passed, failed] },
      { name: "broken.test.ts", status: "failed", message: "Cannot find module", assertionResults: [] },
      { ...file, status: "passed", assertionResults: [passed] },
    ],
  };
  expect(listFailures(report)).toEqual([
    "messages.test.ts: messages are kept: AssertionError: expected 1 to be 2",
    "broken.test.ts: Cannot find module",
  ]);
});
