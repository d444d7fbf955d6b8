import { startOfDayInDenmark } from "@sor/core/validity";
import { expect, test } from "vitest";
import {
  fieldOfProblem,
  type MatrixValues,
  problemOfForm,
  readMatrixForm,
  rowNumbers,
} from "./matrix-form.ts";

const endpoint = "0196d5e2-0000-4000-8000-000000000001";
const start = "2026-01-01T09:30:15.000Z";
const row = (over: MatrixValues = {}): MatrixValues => ({
  "type-0": "DIS91",
  "version-0": "D9134L",
  "direction-0": "receive",
  "start-0": start,
  "end-0": "",
  "keep-0": "on",
  "endpoint-0": endpoint,
  "to-0": "",
  ...over,
});
const read = (over: MatrixValues = {}) => readMatrixForm(row(over));

test("a row that has begun has no first-day field, and keeps its exact start", () => {
  expect(read()).toMatchObject({
    wanted: [{ messageType: "DIS91", endpointId: endpoint, validFrom: new Date(start), validTo: null }],
    rows: ["0"],
    faults: [],
  });
});

test("a row without its checkbox is omitted, and rows stop at the first without a type", () => {
  expect(read({ "keep-0": "" }).wanted).toEqual([]);
  expect(read({ "keep-0": "off" }).wanted).toEqual([]);
  expect(rowNumbers({ "type-0": "a", "type-1": "b", "type-3": "d" })).toEqual([0, 1]);
});

test.each<[MatrixValues, string | null, string | null]>([
  [{ "from-0": "01-01-2026" }, start, null],
  [{ "from-0": "02-01-2026" }, startOfDayInDenmark("2026-01-02").toISOString(), null],
  [{ "from-0": "" }, null, null],
  [{ "to-0": "31-12-2026" }, start, startOfDayInDenmark("2027-01-01").toISOString()],
  [{ "to-0": "31-12-2026", "end-0": "2026-12-31T20:15:30.000Z" }, start, "2026-12-31T20:15:30.000Z"],
  [
    { "to-0": "30-12-2026", "end-0": "2026-12-31T20:15:30.000Z" },
    start,
    startOfDayInDenmark("2026-12-31").toISOString(),
  ],
  [
    { "to-0": "31-12-2026", "end-0": "nonsense", "start-0": "nonsense" },
    null,
    startOfDayInDenmark("2027-01-01").toISOString(),
  ],
])("%j is read as from %s until %s", (over, from, to) => {
  const [wanted] = read(over).wanted;
  expect([wanted?.validFrom?.toISOString() ?? null, wanted?.validTo?.toISOString() ?? null]).toEqual([
    from,
    to,
  ]);
});

test.each<[string, string]>([
  ["30-02-2026", "no-such-day"],
  ["01-01-1900", "no-such-day"],
  ["01-01-2200", "no-such-day"],
  ["i morgen", "not-a-day"],
])("the day %s gives a fault at its field: %s", (day, code) => {
  expect(read({ "to-0": day }).faults).toEqual([{ field: "to-0", code }]);
  expect(read({ "to-0": "02-01-1900" }).faults).toEqual([]);
});

test("a new type gets the current version or the one that was entered; an unknown type is a fault", () => {
  const wanted = (text: string) =>
    readMatrixForm({ "type-new-2": text, "endpoint-new-2": endpoint }).wanted.map((each) => each.version);
  expect(wanted("DIS91")).toEqual(["D9134L"]);
  expect(wanted("DIS01, D0133L")).toEqual(["D0133L"]);
  expect(readMatrixForm({ "type-new-0": "DIS99" }).faults).toEqual([
    { field: "type-new-0", code: "unknown-type" },
  ]);
});

test.each([
  ["overlap", "keep-0", "from-new-0", "type-tick"],
  ["location-closed", "keep-0", "from-new-0", "from-tick"],
  ["validity-reversed", "to-0", "to-new-0", "type-tick"],
  ["endpoint-closed", "endpoint-0", "endpoint-new-0", "endpoint-tick"],
  ["unknown-type", "keep-0", "type-new-0", "type-tick"],
] as const)("%s is shown where the form has a field for it", (code, ...fields) => {
  const form = readMatrixForm({
    ...row(),
    "type-new-0": "DIS01",
    "endpoint-new-0": endpoint,
    "from-new-0": "",
    "to-new-0": "",
    "type-tick": ["DIS05 D0533L"],
    "endpoint-tick": endpoint,
    "from-tick": "",
  });
  expect(form.rows).toEqual(["0", "new-0", "tick"]);
  const problem = { code, severity: "error" as const, messageType: "", version: "" };
  expect(form.rows.map((_, at) => fieldOfProblem(form, { ...problem, at }))).toEqual(fields);
});

test("different faults of a field are all reported, equal ones once", () => {
  const faults = ["a", "b", "a"].map((text) => ({ field: "to-0", text }));
  expect(problemOfForm({ "to-0": "x" }, faults)).toEqual({
    values: { "to-0": ["x"] },
    fieldFaults: { "to-0": ["a", "b"] },
    formFaults: [],
  });
});
