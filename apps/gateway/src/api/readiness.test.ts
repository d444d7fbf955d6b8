import { expect, test } from "vitest";
import { type ReadinessFacts, readinessOf } from "./readiness.ts";

const now = new Date("2026-03-01T10:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const sound: ReadinessFacts = {
  routing: {
    ...{ source: "database", sequence: 7, freshAt: ago(2), isConnected: true, problem: null, savedAt: null },
  },
  clock: { isTrusted: true, skewSeconds: 0.1 },
  spoolFreeBytes: 1000,
  spoolFreeBytesMin: 1000,
  now,
};
const away = { isConnected: false, problem: "away" };
const withTable = (of: Partial<ReadinessFacts["routing"]>) => ({ routing: { ...sound.routing, ...of } });

test.each<[string, Partial<ReadinessFacts>, lookups: string, intake: string, delivery: string]>([
  ["all is well", {}, "ready", "ready", "ready"],
  [
    "the database is unavailable",
    withTable(away),
    "degraded database",
    "not-ready database",
    "not-ready database",
  ],
  ["there is no table", withTable({ source: "none", freshAt: null }), "not-ready no-table", "ready", "ready"],
  ["the table is just under a day old", withTable({ freshAt: ago(86_399) }), "ready", "ready", "ready"],
  ["the table is a day old", withTable({ freshAt: ago(86_400) }), "not-ready table-old", "ready", "ready"],
  [
    "the clock is wrong",
    { clock: { isTrusted: false, skewSeconds: 60 } },
    "ready",
    "not-ready clock",
    "not-ready clock",
  ],
  ["the disk is full", { spoolFreeBytes: 999 }, "ready", "not-ready disk", "ready"],
  ["the free space is unknown", { spoolFreeBytes: null }, "ready", "not-ready disk", "ready"],
])("%s", (_, facts, ...expected) => {
  const { purposes } = readinessOf({ ...sound, ...facts });
  expect(purposes.map(({ status, reasons }) => [status, ...reasons].join(" "))).toEqual(expected);
  expect(readinessOf({ ...sound, ...facts }, "intake").status).toBe(purposes[1]?.status);
});
