import fc from "fast-check";
import { expect, test } from "vitest";
import { aRoutingTable, routingSamples } from "../testing/index.ts";
import { GlnIndex } from "./gln-index.ts";
import { noEnd } from "./moments.ts";
import { Ranges } from "./ranges.ts";
import { resolveRoute } from "./resolve-route.ts";
import { type PairRow, RoutingTable } from "./routing-table.ts";
import { decodeTable, encodeTable } from "./table-codec.ts";
import { routeJson } from "./write-route.ts";

const gln = fc.integer({ min: 0, max: 3000 }).map((n) => 5_790_000_000_000 + n * 13);

test("each number is found at its own index, however many there are, and unknown numbers are not", () => {
  fc.assert(
    fc.property(fc.uniqueArray(gln, { maxLength: 2000 }), gln, (numbers, other) => {
      const index = new GlnIndex();
      numbers.forEach((number, i) => {
        expect(index.place(number)).toBe(i);
      });
      expect(numbers.every((number, i) => index.find(number) === i && index.place(number) === i)).toBe(true);
      expect(index.find(other)).toBe(numbers.indexOf(other));
      expect(index.find(Number.NaN)).toBe(-1);
    }),
  );
});

const put = fc.record({ owner: fc.nat(30), rows: fc.array(fc.nat(60_000), { maxLength: 12 }) });

test("rows read back as last written, through growth, garbage, compaction and a dense copy", () => {
  fc.assert(
    fc.property(fc.array(put, { maxLength: 300 }), (puts) => {
      const ranges = new Ranges({ small: new Uint16Array(0), large: new Uint32Array(0) });
      const model = new Map<number, number[]>();
      for (const { owner, rows } of puts) {
        ranges.put(owner, rows.length, (columns, start) => {
          rows.forEach((value, i) => {
            columns.small[start + i] = value;
            columns.large[start + i] = value * 70_000;
          });
        });
        model.set(owner, rows);
        ranges.compact(31);
      }
      const [counts, small, large] = ranges.dense(31);
      const copy = new Ranges({ small: new Uint16Array(0), large: new Uint32Array(0) });
      copy.fill(counts as Uint16Array<ArrayBuffer>, {
        small: small as Uint16Array<ArrayBuffer>,
        large: large as Uint32Array<ArrayBuffer>,
      });
      for (const held of [ranges, copy]) {
        expect(held.rows).toBe([...model.values()].flat().length);
        for (const [owner, rows] of model) {
          const start = held.start(owner);
          const end = start + held.count(owner);
          expect([...held.columns.small.slice(start, end)]).toEqual(rows);
          expect([...held.columns.large.slice(start, end)]).toEqual(
            rows.map((value) => (value * 70_000) >>> 0),
          );
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("a hundred thousand changes of the same locations do not grow the table", () => {
  const table = aRoutingTable();
  const pairs: PairRow[] = ["DIS01", "DIS02", "DIS03"].map((code) => ({
    code,
    version: "D0134L",
    format: "EDIFACT",
    direction: "receive",
    endpointId: null,
    from: 0,
    to: noEnd,
  }));
  const before = table.bytes;
  const location = { periods: [], pairs };
  for (let sequence = 43; sequence < 20_043; sequence += 1) {
    table.apply({ sequence, locations: new Map([[routingSamples.sender, location]]) });
  }
  expect(table.bytes).toBeLessThan(before * 4);
  expect(table.pairCount).toBe(aRoutingTable().pairCount + 2);
});

test("a decoded copy of a table gives the same answers", () => {
  const table = aRoutingTable();
  const parts = encodeTable({ table, hash: "h" }).map((part) =>
    Buffer.from(typeof part === "function" ? part() : part),
  );
  const { table: copy, hash } = decodeTable(parts);
  expect([hash, copy.sequence, copy.units.size]).toEqual(["h", 42, table.units.size]);
  const types = ["DIS91", "DIS01", "REF01", "REF06", "RPT01", "XDIS91"];
  for (const asked of Object.values(routingSamples).filter((value) => typeof value === "string")) {
    for (const messageType of types) {
      const question = { gln: asked, messageType, at: routingSamples.now };
      const [one, other] = [resolveRoute(table, question), resolveRoute(copy, question)];
      if (one.found && other.found) expect(routeJson(copy, other)).toBe(routeJson(table, one));
      else expect(other).toEqual(one);
    }
  }
});

test("a registration at an endpoint that was not loaded is rejected, not stored as another's", () => {
  const table = new RoutingTable();
  const pair = {
    code: "DIS91",
    version: "D9134L",
    format: "EDIFACT",
    direction: "receive",
    from: 0,
    to: 1,
  } as const;
  expect(() => table.setPairs("5790000123117", [{ ...pair, endpointId: "nowhere" }])).toThrow(/endpoint/);
});
