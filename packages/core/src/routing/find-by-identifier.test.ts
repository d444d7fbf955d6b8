import { describe, expect, test } from "vitest";
import { aRoutingTable, routingSamples } from "../testing/index.ts";
import { findByIdentifier } from "./find-by-identifier.ts";
import { listReceivers } from "./list-receivers.ts";

const { now, open, wrongDigitKnown, internal } = routingSamples;
const table = aRoutingTable();

describe("by identifier", () => {
  test.each([
    [
      "its own number",
      { kind: "shak", value: "1301" },
      { found: true, gln: open, resolvedBy: { sorId: "2", inheritedFrom: null } },
    ],
    [
      "the number of the unit above, which it says",
      { kind: "providerNumber", value: "042897" },
      { found: true, gln: open, resolvedBy: { sorId: "3", inheritedFrom: "2" } },
    ],
    [
      "no number when the unit does not inherit",
      { kind: "pNumber", value: "1003388394" },
      { found: false, reason: "unit-without-gln", sorIds: ["4"] },
    ],
    ["several numbers", { kind: "cvr", value: "12669232" }, { found: false, reason: "ambiguous" }],
    ["no unit", { kind: "shak", value: "9999" }, { found: false, reason: "identifier-unknown" }],
    ["a unit that has ended", { kind: "sorId", value: "6" }, { found: false, reason: "identifier-unknown" }],
  ] as const)("%s", (_, identifier, expected) => {
    expect(findByIdentifier(table, identifier, now)).toMatchObject(expected);
  });
});

describe("who receives a type", () => {
  const who = (more: object) =>
    listReceivers(table, { messageType: "DIS91", at: now, limit: 10, ...more })?.items.map(({ gln }) => gln);
  test("all open locations, ordered by number", () =>
    expect(who({})).toEqual([internal, open, wrongDigitKnown]));
  test("in a region, a municipality, a postal code", () => {
    expect(who({ region: "1081" })).toEqual([internal]);
    expect(who({ municipality: "101", region: "1084" })).toEqual([open]);
    expect(who({ postalCode: "9999" })).toEqual([]);
  });
  test("in a version, ignoring letter case", () => {
    expect(who({ version: "d9134l" })).toEqual(who({ version: "D9134L" }));
    expect(who({ version: "D9134L" })).toContain(open);
  });
  test("an unknown type or version gives undefined", () => {
    expect(who({ messageType: "NOPE1" })).toBeUndefined();
    expect(who({ version: "D9199L" })).toBeUndefined();
    expect(who({ messageType: "DIS20" })).toEqual([]);
  });
  test("below a unit", () => expect(who({ subtreeOf: "2" })).toEqual([open]));
  test("page by page, without duplicates or gaps", () => {
    const seen: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = listReceivers(table, { messageType: "DIS91", at: now, limit: 1, after });
      seen.push(...(page?.items.map(({ gln }) => gln) ?? []));
      if (!page?.next) break;
      after = page.next;
    }
    expect(seen).toEqual(who({}));
  });
});
