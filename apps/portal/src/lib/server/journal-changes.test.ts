import { expect, test } from "vitest";
import { diffOf } from "./journal-changes.ts";

test("only changed fields are listed, nested ones by their path", () => {
  const before = { name: "A", address: "https://a", retry: { factor: 2, firstSeconds: 5 }, glns: ["1"] };
  const after = { name: "A", address: "https://b", retry: { factor: 3, firstSeconds: 5 }, glns: ["1", "2"] };
  expect(diffOf(before, after)).toEqual({
    changes: [
      { path: ["address"], from: "https://a", to: "https://b" },
      { path: ["retry", "factor"], from: 2, to: 3 },
      { path: ["glns"], from: ["1"], to: ["1", "2"] },
    ],
    isPartial: false,
  });
});

test("a created field has no before, a removed one no after, and a single word is a state", () => {
  expect(diffOf(null, { name: "A", note: null })).toEqual({
    changes: [
      { path: ["name"], to: "A" },
      { path: ["note"], to: null },
    ],
    isPartial: false,
  });
  expect(diffOf("down", null).changes).toEqual([{ path: ["state"], from: "down" }]);
  expect(diffOf(null, null)).toEqual({ changes: [], isPartial: false });
});

test("values that do not fit on a line are left to the raw data", () => {
  const versions = { versions: [{ name: "A" }], name: "B" };
  expect(diffOf(null, versions)).toEqual({ changes: [{ path: ["name"], to: "B" }], isPartial: true });
  const deep = (value: number) => ({ a: { b: { c: { d: value } } } });
  expect(diffOf(deep(1), deep(2))).toEqual({ changes: [], isPartial: true });
});
