import { beforeEach, describe, expect, test } from "vitest";
import { aRoutingTable, routingSamples } from "../testing/index.ts";
import { resolveRoute } from "./resolve-route.ts";
import type { RoutingTable } from "./routing-table.ts";

const { now, day, open, closed, childless, unknown, inactive } = routingSamples;

let table: RoutingTable;
beforeEach(() => {
  table = aRoutingTable();
});

const profile = (successorGln: string | null) => ({
  ...{ systemId: null, supplierId: null, netOperatorCode: null, regionCode: null, successorGln },
  ...{ nonActive: false, onlyInternal: false },
});
const closes = (gln: string, successorGln: string | null) =>
  table.setPeriods(gln, [{ from: 0, to: now - day, profile: profile(successorGln) }]);
const unitLike = (sorId: string) => table.units.last(sorId) ?? expect.fail(`no unit ${sorId}`);
const ask = (gln: string) => resolveRoute(table, { gln, messageType: "DIS91", at: now });

describe("the successor of a closed location number", () => {
  test("is the first open one, through numbers that have closed since", () => {
    closes(unknown, closed);
    expect(ask(unknown)).toMatchObject({ reason: "gln-closed", successor: open });
  });

  test("is that of the unit which is open, through units that have closed since", () => {
    const old = unitLike("6");
    table.units.set("6", [{ ...old, successors: ["7"] }]);
    table.units.set("7", [{ ...old, gln: null, successors: ["8", "3"] }]);
    table.units.set("8", [{ ...old, gln: null, successors: ["7"] }]);
    expect(ask(childless)).toMatchObject({ reason: "gln-closed", successor: open });
  });

  test("is the one named where none is open, also in a loop", () => {
    closes(unknown, closed);
    closes(closed, unknown);
    expect(ask(unknown)).toMatchObject({ reason: "gln-closed", successor: closed });
    closes(closed, inactive);
    expect(ask(unknown)).toMatchObject({ reason: "gln-closed", successor: closed });
  });
});

test("a closed number of a unit that was registered in error is answered apart from others", () => {
  const unit = unitLike("6");
  table.units.set("6", [{ ...unit, withdrawn: true }]);
  expect(ask(childless)).toMatchObject({ reason: "gln-withdrawn", successor: open, validTo: now - day });
  table.units.set("6", [{ ...unit, withdrawn: true, gln: null }]);
  expect(ask(childless)).toMatchObject({ reason: "gln-closed" });
});
