import { expect, test } from "vitest";
import { day, now, plan, row, second, touched, want } from "../testing/registration-plans.ts";
import type { RegistrationRow } from "./registration-plan.ts";
import type { WantedRegistration } from "./schemas.ts";

const lasts = (from: string, over: Partial<WantedRegistration> = {}) =>
  want({ validFrom: day(from), ...over });
const d133 = { messageType: "DIS01", version: "D0133L" };
const d134 = { messageType: "DIS01", version: "D0134L" };
const gaps: [string, RegistrationRow[], WantedRegistration[], [string, Date, Date, number][]][] = [
  [
    "a later first day of what is in force",
    [row()],
    [lasts("2026-07-01")],
    [["DIS91 D9134L", now, day("2026-07-01"), 0]],
  ],
  [
    "an end before it goes on elsewhere",
    [row()],
    [want({ validTo: day("2026-05-01") }), lasts("2026-07-01", { endpointId: second.id })],
    [["DIS91 D9134L", day("2026-05-01"), day("2026-07-01"), 1]],
  ],
  [
    "a version that ends before the next begins",
    [row(d133)],
    [lasts("2026-07-01", d134)],
    [["DIS01 D0133L", now, day("2026-07-01"), 0]],
  ],
  [
    "what was to come and comes later still, in place of what ends",
    [row({ validTo: day("2026-05-01") }), row({ endpointId: second.id, validFrom: day("2026-05-01") })],
    [want({ validTo: day("2026-05-01") }), lasts("2026-07-01", { endpointId: second.id })],
    [["DIS91 D9134L", day("2026-05-01"), day("2026-07-01"), 1]],
  ],
  ["another endpoint from now", [row()], [want({ endpointId: second.id })], []],
  ["an end with nothing after it", [row()], [want({ validTo: day("2026-05-01") })], []],
  ["a type left out", [row()], [], []],
  [
    "a version beside one that goes on",
    [row(d133), row(d134)],
    [want(d134), lasts("2026-07-01", d133)],
    [["DIS01 D0133L", now, day("2026-07-01"), 1]],
  ],
  ["one version for another from now", [row(d133)], [want({ ...d134, validFrom: null })], []],
  ["what is only to come, later", [row({ validFrom: day("2026-05-01") })], [lasts("2026-07-01")], []],
  [
    "a hole that was there",
    [row({ validTo: day("2026-05-01") }), row({ validFrom: day("2026-07-01") })],
    [want({ validTo: day("2026-05-01") }), lasts("2026-07-01", { endpointId: second.id })],
    [],
  ],
];
test.each(gaps)("%s: its gaps stop the change unless they are allowed", (_name, held, wanted, expected) => {
  const found = (done: ReturnType<typeof plan>) =>
    done.problems
      .filter(({ code }) => code === "gap")
      .map(({ messageType, version, gap, at }) => [`${messageType} ${version}`, gap?.from, gap?.to, at]);
  const refused = plan(held, wanted);
  expect(found(refused)).toEqual(expected);
  if (expected.length > 0) expect(refused.added).toEqual([]);
  const allowed = plan(held, wanted, { allowGaps: true });
  expect(found(allowed)).toEqual(expected);
  expect(allowed.problems.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(touched(allowed).length).toBeGreaterThan(0);
});
