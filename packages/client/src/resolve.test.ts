import { expect, test } from "vitest";
import { resolve } from "./resolve.ts";
import { Table } from "./table.ts";

const gln = "5790000123117";
const closed = "5790000123223";
const type = (code: string, version: string, isCurrent = true) => ({
  ...{ code, version, format: "EDIFACT", direction: "receive", urn: `urn:${code}:${version}`, isCurrent },
});
const endpoint = { id: "e", name: "Modtagelse", transport: "mailbox", address: null, mimeTypes: [] };

const answer = (kind: "full" | "delta", lines: unknown[], position = "5.0123456789abcdef") => {
  const all = [{ format: "sor-routes/1", kind, position, sequence: 5, staleSeconds: 0 }, ...lines];
  return [...all, ["end", all.length]].map((line) => `${JSON.stringify(line)}\n`).join("");
};
const lines = [
  ["supplier", "s", "Leverandør"],
  ["type", 0, type("DIS91", "D9134L")],
  ["type", 1, type("DIS91", "D9135L", false)],
  ["endpoint", 0, { ...endpoint, state: "paused", pausedUntil: 500 }],
  [
    "gln",
    gln,
    [[100, 900, 2, null, "s", null]],
    [
      [0, 0, 200, null],
      [1, 0, 200, null],
      [0, 0, 100, 150],
    ],
  ],
  ["gln", closed, [[100, 300, 0]], [], gln, false],
];
const aTable = () => {
  const table = new Table();
  table.apply(answer("full", lines));
  return table;
};
const ask = (table: Table, more: object, at = 600) =>
  resolve(table, { gln, messageType: "dis91", ...more }, at);

test.each([
  ["the version in force before a newer one that is not", {}, 600, { found: true, version: "D9134L" }],
  [
    "a version that is asked for",
    { version: "d9135l" },
    600,
    { version: "D9135L", supplier: { name: "Leverandør" } },
  ],
  ["a URN, which names a version", { messageType: "urn:DIS91:D9135L" }, 600, { version: "D9135L" }],
  ["a pause", {}, 499, { state: "paused", until: 500, onlyInternal: true }],
  ["the end of a pause", {}, 500, { state: "active", until: null }],
  [
    "a registration that begins later",
    {},
    160,
    { reason: "not-yet-valid", what: "registration", validFrom: 200 },
  ],
  ["a number that begins later", {}, 99, { reason: "not-yet-valid", what: "gln", validFrom: 100 }],
  ["a number that has ended", {}, 900, { reason: "gln-closed", validTo: 900, successor: null }],
  ["a number with a successor", { gln: closed }, 600, { reason: "gln-closed", successor: gln }],
  [
    "another version",
    { version: "D9199L" },
    600,
    { reason: "version-not-supported", supportedVersions: ["D9134L", "D9135L"] },
  ],
  ["another type", { messageType: "REF01" }, 600, { reason: "type-not-supported" }],
  ["a number that is not there", { gln: "5790000000005" }, 600, { reason: "gln-unknown" }],
  ["a number with a wrong check digit", { gln: "5790000000006" }, 600, { reason: "gln-invalid" }],
])("a lookup answers %s", (_, more, at, expected) => {
  expect(ask(aTable(), more, at)).toMatchObject(expected);
});

test("changes replace a number or take it away, and an endpoint changes for all that use it", () => {
  const table = aTable();
  table.apply(answer("delta", [["endpoint", 7, { ...endpoint, state: "closed", pausedUntil: null }]]));
  expect(ask(table, {})).toMatchObject({ reason: "type-not-supported" });
  table.apply(answer("delta", [["gln", gln, [], []]], "6.0123456789abcdef"));
  expect([ask(table, {}), table.position]).toEqual([
    expect.objectContaining({ reason: "gln-unknown" }),
    "6.0123456789abcdef",
  ]);
});

test("an answer that was cut, or is of another layout, is refused and changes nothing", () => {
  const table = aTable();
  const cut = answer("full", lines).split("\n").slice(0, -2).join("\n");
  expect(() => table.apply(cut)).toThrow("cut");
  expect(() => table.apply(cut.replace("sor-routes/1", "sor-routes/2"))).toThrow("layout");
  expect(ask(table, {})).toMatchObject({ found: true });
});

test("a table written and read again answers the same", () => {
  const again = new Table();
  again.apply(aTable().text());
  for (const more of [{}, { version: "D9135L" }, { gln: closed }])
    expect(ask(again, more)).toEqual(ask(aTable(), more));
  expect(again.position).toBe("5.0123456789abcdef");
});
