import { expect, test } from "vitest";
import { countReport } from "./test-counts.ts";

const passed = { status: "passed" };
const failed = { status: "failed" };

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
    results: [{ status: "passed", assertionResults: [passed, { status: "skipped" }] }],
    counts: [1, 0, 1],
  },
])("$name", ({ results, counts }) => {
  expect(Object.values(countReport({ testResults: results }))).toEqual(counts);
});
