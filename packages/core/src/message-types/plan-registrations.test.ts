import { expect, test } from "vitest";
import {
  closed,
  day,
  foreign,
  mine,
  now,
  ofMine,
  paused,
  plan,
  receipts,
  row,
  second,
  touched,
  want,
} from "../testing/registration-plans.ts";
import { planRegistrations } from "./plan-registrations.ts";
import type { PlanInput } from "./registration-plan.ts";
import type { WantedRegistration } from "./schemas.ts";

const codes = (done: ReturnType<typeof plan>) => done.problems.map((problem) => problem.code);

test("an unchanged set changes nothing and has no problems", () => {
  const done = plan([row()], [want()]);
  expect(done.changes.map((change) => change.kind)).toEqual([
    "unchanged",
    "unchanged",
    "unchanged",
    "unchanged",
  ]);
  expect(done).toMatchObject({ problems: [], superseded: [], added: [] });
});

test("a start left out keeps the existing start", () => {
  expect(touched(plan([row()], [want({ validFrom: null })]))).toEqual([]);
});

test("a new type is added from now, in the catalogue's spelling and format", () => {
  const done = plan([], [want({ messageType: "xdis91", version: "xd9134l", validFrom: null })]);
  expect(touched(done)).toMatchObject([
    { kind: "added", messageType: "XDIS91", version: "XD9134L", before: [] },
  ]);
  expect(done.added).toMatchObject([{ messageType: "XDIS91", format: "XML", validFrom: now, validTo: null }]);
});

test("a type left out ends now, and its past is kept", () => {
  const held = row();
  const done = plan([held], []);
  expect(touched(done)).toMatchObject([
    { kind: "ended", before: [{ validFrom: held.validFrom }], after: [] },
  ]);
  expect(done.superseded).toEqual([held]);
  expect(done.added).toMatchObject([{ validFrom: held.validFrom, validTo: now }]);
});

test("a future type left out is removed and never valid", () => {
  const done = plan([row({ validFrom: day("2026-07-01") })], []);
  expect(touched(done)).toMatchObject([{ kind: "ended" }]);
  expect(done.added).toEqual([]);
});

test("another endpoint is valid from now, and the past keeps the old one", () => {
  const done = plan([row()], [want({ endpointId: second.id })]);
  expect(touched(done)).toMatchObject([{ kind: "changed" }]);
  expect(done.added).toMatchObject([
    { endpointId: mine.id, validFrom: day("2026-01-01"), validTo: now },
    { endpointId: second.id, validFrom: now, validTo: null },
  ]);
});

test("another endpoint from a later day: two rows of one type, no gap and no overlap", () => {
  const turn = day("2026-07-01");
  const done = plan([row()], [want({ validTo: turn }), want({ endpointId: second.id, validFrom: turn })]);
  expect(touched(done)).toHaveLength(1);
  expect(done.added).toMatchObject([
    { endpointId: mine.id, validFrom: day("2026-01-01"), validTo: turn },
    { endpointId: second.id, validFrom: turn, validTo: null },
  ]);
});

test("an end is set without cutting at now", () => {
  const validTo = day("2026-12-31");
  const done = plan([row()], [want({ validTo })]);
  expect(done.added).toMatchObject([{ validFrom: day("2026-01-01"), validTo }]);
});

test("rows that ended before now are history and are ignored", () => {
  const old = row({ validFrom: day("2025-01-01"), validTo: day("2025-06-01") });
  const done = plan([old], []);
  expect(touched(done)).toEqual([]);
  const again = plan([old], [want({ validFrom: null })]);
  expect(touched(again)).toMatchObject([{ kind: "added", before: [] }]);
  expect(again.superseded).toEqual([]);
});

test.each([
  ["from the day of the change on", foreign.id, "2026-07-02", []],
  ["before that day", foreign.id, "2026-06-01", ["foreign-endpoint"]],
  ["of the earlier supplier afterwards", second.id, "2026-07-02", ["foreign-endpoint"]],
])(
  "where the supplier changes, an endpoint %s is judged by the supplier of its day",
  (_name, endpointId, from, found) => {
    const [validFrom, changesOn] = [day(from), "2026-07-01"];
    const suppliers = [
      { ...ofMine, validTo: changesOn },
      { ...ofMine, validFrom: changesOn, supplierId: foreign.supplierId },
    ];
    const wanted = [want({ validTo: validFrom }), want({ endpointId, validFrom })];
    expect(codes(plan([row()], wanted, { suppliers }))).toEqual(found);
  },
);

test("receiving and sending are independent", () => {
  const done = plan([row()], [want(), want({ direction: "send", endpointId: null, validFrom: null })]);
  expect(touched(done)).toMatchObject([{ kind: "added", direction: "send", after: [{ endpointId: null }] }]);
  expect(done.problems).toEqual([]);
});

const errors: [string, WantedRegistration[], string[], Partial<PlanInput>?][] = [
  ["a type that is not in the catalogue", [want({ messageType: "DIS99" })], ["unknown-type"]],
  ["a version that the type does not have", [want({ version: "D0000L" })], ["unknown-type"]],
  ["SQL for a type", [want({ messageType: "'; drop table registrations; --" })], ["unknown-type"]],
  [
    "a transport receipt that is no message",
    [want({ messageType: "ehmisbdh-acknowledgement", version: "1.0" })],
    ["not-a-message"],
  ],
  ["no endpoint for what is received", [want({ endpointId: null })], ["endpoint-missing"]],
  ["an endpoint that is not there", [want({ endpointId: "e-nowhere" })], ["unknown-endpoint"]],
  ["another supplier's endpoint", [want({ endpointId: foreign.id })], ["foreign-endpoint"]],
  ["a closed endpoint", [want({ endpointId: closed.id })], ["endpoint-closed"]],
  ["a location number without supplier", [want()], ["foreign-endpoint"], { suppliers: [] }],
  [
    "an end before the start",
    [want({ validFrom: day("2026-07-02"), validTo: day("2026-07-01") })],
    ["validity-reversed"],
  ],
  ["an end that has been", [want({ validTo: now })], ["ends-in-past"]],
  [
    "an end that has been, start left out",
    [want({ validFrom: null, validTo: day("2026-02-01") })],
    ["ends-in-past"],
  ],
  [
    "the same type twice at once",
    [want(), want({ endpointId: second.id, validFrom: day("2026-07-01") })],
    ["overlap"],
  ],
  [
    "a start after the location number has closed",
    [want({ validFrom: day("2026-07-01") })],
    ["location-closed"],
    { closesOn: "2026-07-01" },
  ],
  [
    "a start from now in a location number that has closed",
    [want({ validFrom: null })],
    ["location-closed"],
    { closesOn: "2026-02-01" },
  ],
];
test.each(errors)("%s is an error and stops the change", (_name, wanted, expected, over) => {
  const done = plan([], wanted, over);
  const found = done.problems.filter((problem) => problem.severity === "error");
  expect(found.map((problem) => problem.code)).toEqual(expected);
  expect(done).toMatchObject({ superseded: [], added: [] });
  expect(found[0]?.at).toBe(expected[0] === "overlap" ? 1 : 0);
});

test("an error gives its index in the list", () => {
  const done = plan([row()], [want(), want({ messageType: "DIS99" })]);
  expect(done.problems).toMatchObject([{ code: "unknown-type", at: 1, messageType: "DIS99" }]);
});

test("adding a superseded version gives a warning with the version in force", () => {
  const old = { messageType: "DIS01", version: "D0133L" };
  const added = plan([], [want({ ...old, validFrom: null })]);
  expect(added.problems).toMatchObject([
    { code: "superseded-version", severity: "warning", supersededBy: "D0134L" },
  ]);
  expect(added.added).toHaveLength(1);
  expect(plan([row(old)], [want(old)]).problems).toEqual([]);
});

test("a type whose receipts cannot be received gives a warning with the receipts", () => {
  const alone = planRegistrations({
    current: [],
    wanted: [want({ validFrom: null }), want({ ...receipts[2], validFrom: null })],
    endpoints: [mine],
    suppliers: [ofMine],
    closesOn: null,
    allowGaps: false,
    now,
  });
  expect(alone.problems).toMatchObject([
    { code: "missing-receipt", at: 0, messageType: "DIS91", receipts: ["CTL01", "CTL02"] },
  ]);
  expect(alone.added).toHaveLength(2);
});

test("removing the receipts of unchanged types gives no warning, nor does adding receipts", () => {
  expect(
    codes(plan([row()], [want(), want({ messageType: "DIS01", version: "D0134L", validFrom: null })])),
  ).toEqual([]);
});

test("a past start of a new type gives a warning: it is valid from now", () => {
  const done = plan([], [want()]);
  expect(codes(done)).toEqual(["begins-now"]);
  expect(done.added).toMatchObject([{ validFrom: now }]);
  expect(codes(plan([], [want({ validFrom: new Date("2026-02-28T23:00:00Z") })]))).toEqual([]);
});

test("a paused endpoint gives a warning", () => {
  expect(codes(plan([], [want({ endpointId: paused.id, validFrom: null })]))).toEqual(["endpoint-paused"]);
});

test("after a change of supplier a type at the former supplier's endpoint can be ended, not moved there", () => {
  const held = row({ endpointId: foreign.id });
  const ending = plan([held], [want({ endpointId: foreign.id, validTo: day("2026-07-01") })]);
  expect(ending.problems).toEqual([]);
  expect(ending.added).toMatchObject([{ endpointId: foreign.id, validTo: day("2026-07-01") }]);
  expect(
    codes(
      plan(
        [held],
        [
          want({ endpointId: foreign.id }),
          want({ messageType: "DIS01", version: "D0134L", endpointId: foreign.id }),
        ],
      ),
    ),
  ).toContain("foreign-endpoint");
});

test("a type that is only in the register may stay and be ended, but not be added", () => {
  const old = { messageType: "DIS77", version: "D7731L" };
  expect(plan([row(old)], [want(old)]).problems).toEqual([]);
  expect(touched(plan([row(old)], []))).toMatchObject([{ kind: "ended", messageType: "DIS77" }]);
});

test("another past first day of an existing type is ignored, with a warning", () => {
  const done = plan([row()], [want({ validFrom: day("2025-05-01") })]);
  expect(touched(done)).toEqual([]);
  expect(codes(done)).toEqual(["start-kept"]);
  expect(codes(plan([row()], [want({ validFrom: day("2025-05-01"), endpointId: second.id })]))).toEqual([
    "begins-now",
  ]);
});
