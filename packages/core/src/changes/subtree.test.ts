import { and, isNull } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { noteDayChanges } from "../day-changes/index.ts";
import { DomainError } from "../errors.ts";
import { completeGln, type SorId } from "../identifiers/index.ts";
import { currentPosition, positionText } from "../journal/index.ts";
import { organisationVersions as v } from "../organisations/tables.ts";
import {
  aLocation,
  applySet,
  aVendor,
  setApprovalRules,
  testDatabase,
  unitToCreate,
} from "../testing/index.ts";
import { addDays, dayInDenmark } from "../validity/index.ts";
import { readChanges, recordRebase } from "./index.ts";

let db: Database;
let supplierId = "";
let now = new Date("2026-06-01T10:00:00Z");
const system = { kind: "system", job: "test" } as const;
const ctx = () => createContext(db, system, now);
const pass = async (days: number) => {
  now = new Date(now.getTime() + days * 86_400_000);
  while (!(await noteDayChanges(ctx())).isCaughtUp);
};

beforeAll(async () => {
  db = await testDatabase();
  await setApprovalRules(db, []);
  ({ supplierId } = await aVendor(db));
  await pass(0);
});

type Copy = { position: string; units: Map<string, unknown>; locations: Map<string, unknown> };
const emptyCopy = (position: string): Copy => ({ position, units: new Map(), locations: new Map() });

/** Reads a page into the copy; whether it was the last. */
async function readPage(copy: Copy, subtreeOf: SorId | undefined, limit: number): Promise<boolean> {
  const page = await readChanges(ctx(), { after: copy.position, subtreeOf, limit, withRows: true });
  for (const { sorId, lines } of page.rows?.units ?? []) {
    if (lines.length > 0) copy.units.set(sorId, lines);
    else copy.units.delete(sorId);
  }
  for (const { gln, lines, registrations } of page.rows?.locations ?? []) {
    if (lines.length + registrations.length > 0) copy.locations.set(gln, lines);
    else copy.locations.delete(gln);
  }
  copy.position = page.next;
  return page.isEnd;
}
const readToEnd = async (copy: Copy, subtreeOf: SorId | undefined, limit: number) => {
  while (!(await readPage(copy, subtreeOf, limit)));
};

/** What stands below a unit by the rule, found unit by unit in the register as it is. */
async function belowNow(root: string) {
  const rows = await db
    .select()
    .from(v)
    .where(and(isNull(v.supersededAt)));
  const periods = Map.groupBy(rows, ({ sorId }) => sorId);
  const today = dayInDenmark(now);
  const isBelow = (sorId: string, depth = 0): boolean => {
    if (sorId === root) return true;
    const all = (periods.get(sorId) ?? []).toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
    const open = all.filter(({ validTo }) => validTo === null || validTo > today);
    const standing = open.length > 0 ? open : all.slice(-1);
    return depth < 30 && standing.some((row) => row.parentSorId && isBelow(row.parentSorId, depth + 1));
  };
  const units = [...periods.keys()].filter((sorId) => isBelow(sorId)).toSorted();
  const glns = new Set(rows.flatMap(({ sorId, gln }) => (gln && units.includes(sorId) ? [gln] : [])));
  return { units, glns: [...glns].toSorted() };
}

let glnSerial = 100;

/** Two owners with an institution each, and four units with location numbers in a row below the first. */
async function aRegister() {
  const [a, b] = ["a", "b"].map((name) => unitToCreate(null, { sorId: `new:${name}` }));
  const houses = ["a", "b"].map((name) => unitToCreate(`new:${name}`, { sorId: `new:h${name}` }));
  const glns = Array.from({ length: 4 }, () => completeGln(`579000${String(++glnSerial).padStart(6, "0")}`));
  for (const gln of glns) await aLocation(db, { gln, supplierId });
  const units = glns.map((gln, at) => ({
    ...unitToCreate(at === 0 ? "new:ha" : `new:u${at - 1}`, { sorId: `new:u${at}`, level: "unit" }),
    attributes: { parentSorId: at === 0 ? "new:ha" : `new:u${at - 1}`, name: `Afsnit ${at}`, gln },
  }));
  const ids = await applySet(ctx(), [a, b, ...houses, ...units]);
  return { roots: ids.slice(0, 4) as SorId[], units: ids.slice(4) as SorId[] };
}

type Step = { kind: "move" | "rename" | "close" | "pass" | "read"; unit: number; to: number; days: number };
const aStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("move", "move", "move", "rename", "close", "pass", "read"),
  unit: fc.nat(3),
  to: fc.nat(5),
  days: fc.integer({ min: 0, max: 3 }),
});

let done = 0;
async function take(step: Step, { roots, units }: Awaited<ReturnType<typeof aRegister>>) {
  const validFrom = addDays(dayInDenmark(now), step.days);
  const sorId = units[step.unit] as string;
  // What the register refuses, such as a move below itself, is left out.
  const apply = async (command: object) => {
    try {
      await applySet(ctx(), [command]);
      done += 1;
    } catch (error) {
      if (!(error instanceof DomainError) || /well-formed/.test(error.message)) throw error;
    }
  };
  if (step.kind === "move") {
    const parentSorId = [...roots.slice(2), ...units][step.to];
    await apply({ kind: "unit.move", sorId, validFrom, parentSorId });
  }
  if (step.kind === "rename") {
    const attributes = { name: `Navn ${step.to}` };
    await apply({ kind: "unit.change", sorId, validFrom, validTo: null, attributes });
  }
  if (step.kind === "close") await apply({ kind: "unit.close", sorId, validTo: validFrom });
  if (step.kind === "pass") await pass(step.days);
}

test("whatever moves, a copy of the part below a unit is that part of the register, each time it is at the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aStep, { minLength: 5, maxLength: 10 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, limit) => {
        // What a copy of these units needs is told after their first entry; earlier runs are not read again.
        const position = positionText(await currentPosition(db));
        const register = await aRegister();
        const roots = [...register.roots.slice(2), register.units[1] as SorId];
        const copies = roots.map((root) => ({ root, copy: emptyCopy(position) }));
        const whole = emptyCopy(position);
        const compare = async () => {
          await readToEnd(whole, undefined, 1000);
          for (const { root, copy } of copies) {
            await readToEnd(copy, root, limit);
            const expected = await belowNow(root);
            expect([...copy.units.keys()].toSorted()).toEqual(expected.units);
            expect([...copy.locations.keys()].toSorted()).toEqual(expected.glns);
            for (const [sorId, lines] of copy.units) expect(lines).toEqual(whole.units.get(sorId));
          }
        };
        await compare();
        for (const step of steps) {
          await take(step, register);
          // A page at a time, so that a copy is often behind while things move.
          if (step.kind === "read") for (const { root, copy } of copies) await readPage(copy, root, limit);
        }
        await compare();
        await pass(4);
        await compare();
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
  expect(done).toBeGreaterThan(8);
}, 120_000);

test("who moves out is told of as left, who moves in with all below, and others are not told of", async () => {
  const { roots, units } = await aRegister();
  const [, , house, other] = roots as [SorId, SorId, SorId, SorId];
  const [top, below] = units as [SorId, SorId];
  const position = async () => (await readChanges(ctx(), { after: "0", limit: 1000 })).next;
  let after = await position();
  while (!(await readChanges(ctx(), { after, limit: 1000 })).isEnd)
    after = (await readChanges(ctx(), { after, limit: 1000 })).next;
  const validFrom = dayInDenmark(now);
  await applySet(ctx(), [{ kind: "unit.move", sorId: top, validFrom, parentSorId: other }]);
  const read = (subtreeOf: SorId) => readChanges(ctx(), { after, subtreeOf, limit: 100, withRows: true });
  const left = await read(house);
  expect(left.items.map(({ id, membership }) => [id, membership])).toEqual([[top, "left"]]);
  expect(left.rows?.units.map(({ sorId, lines }) => [sorId, lines.length]).toSorted()).toEqual(
    units.map((sorId) => [sorId, 0]).toSorted(),
  );
  const entered = await read(other);
  expect(entered.items[0]?.membership).toBe("inside");
  expect(entered.rows?.units.every(({ lines }) => lines.length > 0)).toBe(true);
  expect(entered.rows?.units).toHaveLength(4);
  expect(entered.rows?.locations).toHaveLength(4);
  expect((await read(below)).items).toEqual([]);
});

test("a place of another history is gone, and a rebase is told to everybody", async () => {
  const { roots } = await aRegister();
  let page = await readChanges(ctx(), { after: "0", limit: 1000 });
  while (!page.isEnd) page = await readChanges(ctx(), { after: page.next, limit: 1000 });
  const forked = page.next.replace(/\..*/, ".0123456789abcdef");
  await expect(readChanges(ctx(), { after: forked, limit: 1 })).rejects.toMatchObject({ code: "gone" });
  const beyond = String(page.sequence + 1);
  await expect(readChanges(ctx(), { after: beyond, limit: 1 })).rejects.toMatchObject({ code: "gone" });
  const sequence = await recordRebase(ctx(), { reason: "restore" });
  for (const filter of [{}, { entity: "location" as const }, { subtreeOf: roots[0] }]) {
    const told = await readChanges(ctx(), { after: page.next, limit: 10, ...filter });
    expect(told.items).toEqual([
      expect.objectContaining({ sequence, entity: "rebase", after: { reason: "restore" } }),
    ]);
  }
});
