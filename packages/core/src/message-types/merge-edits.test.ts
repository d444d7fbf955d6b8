import { expect, test } from "vitest";
import { mergeEdits, type RegistrationEdit, type RegistrationFields } from "./merge-edits.ts";

const base: RegistrationFields = { endpoint: "a", from: "", to: "" };
const edit = (wanted: Partial<RegistrationFields> | null, over: Partial<RegistrationEdit> = {}) => ({
  key: "DIS91 D9134L receive",
  start: "2011",
  seen: base,
  wanted: wanted && { ...base, ...wanted },
  ...over,
});
const now = (fields: Partial<RegistrationFields> = {}, over: object = {}) => ({
  key: "DIS91 D9134L receive",
  start: "2011",
  fields: { ...base, ...fields },
  ...over,
});

type Case = [
  string,
  ReturnType<typeof edit>,
  ReturnType<typeof now> | null,
  { wanted: Partial<RegistrationFields> | null; collisions: string[] } | null,
];
const cases: Case[] = [
  ["neither touched it", edit({}), now(), { wanted: {}, collisions: [] }],
  ["only mine", edit({ to: "x" }), now(), { wanted: { to: "x" }, collisions: [] }],
  ["only theirs", edit({}), now({ endpoint: "b" }), { wanted: { endpoint: "b" }, collisions: [] }],
  [
    "different fields",
    edit({ to: "x" }),
    now({ endpoint: "b" }, { start: "2026" }),
    { wanted: { endpoint: "b", to: "x" }, collisions: [] },
  ],
  [
    "the same in the same way",
    edit({ endpoint: "b" }),
    now({ endpoint: "b" }),
    { wanted: { endpoint: "b" }, collisions: [] },
  ],
  [
    "the same in different ways",
    edit({ endpoint: "c" }),
    now({ endpoint: "b" }),
    { wanted: { endpoint: "c" }, collisions: ["endpoint"] },
  ],
  ["I end what they left", edit(null), now(), { wanted: null, collisions: [] }],
  ["I end what they changed", edit(null), now({ to: "x" }), { wanted: null, collisions: ["end"] }],
  ["they ended what I left", edit({}), null, null],
  ["both ended it", edit(null), null, null],
  [
    "they ended what I changed",
    edit({ endpoint: "c" }),
    null,
    { wanted: { endpoint: "c" }, collisions: ["end"] },
  ],
];
test.each(cases)("%s", (_name, edited, present, expected) => {
  const [merged, ...more] = mergeEdits([edited], present ? [present] : []);
  expect(more).toEqual([]);
  if (expected === null) expect(merged).toBeUndefined();
  else {
    const wanted = expected.wanted && { ...base, ...expected.wanted };
    expect(merged).toEqual({ edit: 0, present: present ? 0 : null, ...expected, wanted });
  }
});

test("two registrations of one key are distinguished by their start; their addition is kept; mine comes after it", () => {
  const coming = { start: "2027", seen: { ...base, from: "2027" } };
  const edits = [
    edit({ to: "x" }),
    edit({ from: "2028" }, { ...coming, wanted: { ...base, from: "2028" } }),
    edit({ endpoint: "c" }, { key: "DIS01 D0134L receive" }),
  ];
  const present = [now({}, { key: "AAA" }), now(), now({ from: "2027", endpoint: "b" }, { start: "2027" })];
  expect(mergeEdits(edits, present)).toEqual([
    { edit: null, present: 0, wanted: base, collisions: [] },
    { edit: 0, present: 1, wanted: { ...base, to: "x" }, collisions: [] },
    { edit: 1, present: 2, wanted: { ...base, from: "2028", endpoint: "b" }, collisions: [] },
    { edit: 2, present: null, wanted: { ...base, endpoint: "c" }, collisions: ["end"] },
  ]);
});
