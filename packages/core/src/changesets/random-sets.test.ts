import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { makeSorId } from "../identifiers/index.ts";
import { verifyJournal } from "../journal/index.ts";
import { newGln, setApprovalRules, testDatabase } from "../testing/index.ts";
import {
  addCommands,
  applyChangeSet,
  Command,
  createChangeSet,
  editRegister,
  previewChangeSet,
  revertChangeSet,
  submitChangeSet,
} from "./index.ts";

let db: Database;
let ctx: Context;
const unitCount = 8;
const sorIds = Array.from({ length: unitCount + 3 }, (_, index) => makeSorId(9000 + index));
const glns = [newGln(), newGln(), newGln()];
const days = ["2025-01-01", "2026-06-01", "2026-07-01", "2027-01-01"];

beforeAll(async () => {
  db = await testDatabase();
  ctx = createContext(db, { kind: "system", job: "test" }, new Date("2026-06-01T10:00:00Z"));
  for (const gln of glns) await db.execute(sql`insert into locations (gln) values (${gln})`);
  await setApprovalRules(db, []);
  const create = (index: number, level: string, parent: number | null): Command =>
    Command.parse({
      kind: "unit.create",
      sorId: sorIds[index],
      level,
      validFrom: "2020-01-01",
      attributes: { parentSorId: parent === null ? null : sorIds[parent], name: `Enhed ${index}` },
    });
  await editRegister(ctx, [
    create(0, "owner", null),
    create(1, "institution", 0),
    create(2, "institution", 0),
    ...[3, 4, 5, 6, 7].map((index) => create(index, "unit", index % 2 === 0 ? 1 : 2)),
  ]);
});

const aUnit = fc.constantFrom(...sorIds.slice(0, unitCount));
const aDay = fc.constantFrom(...days);
const anyCommand = fc.oneof(
  fc.record({
    kind: fc.constant("unit.change"),
    sorId: aUnit,
    validFrom: aDay,
    validTo: fc.option(aDay),
    attributes: fc.record(
      { name: fc.constantFrom("A", "B"), gln: fc.option(fc.constantFrom(...glns)), parentSorId: aUnit },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    kind: fc.constant("unit.move"),
    sorId: aUnit,
    validFrom: aDay,
    parentSorId: fc.constantFrom(...sorIds.slice(1, unitCount)),
  }),
  fc.record({
    kind: fc.constant("unit.close"),
    sorId: fc.constantFrom(...sorIds.slice(3, unitCount)),
    validTo: aDay,
    closing: fc.constant("ended"),
  }),
  fc.record({
    kind: fc.constant("unit.replace"),
    sorId: aUnit,
    successors: fc
      .subarray(sorIds.slice(3, unitCount), { maxLength: 2 })
      .map((ids) => ids.map((sorId) => ({ sorId }))),
  }),
  fc.record({
    kind: fc.constant("unit.create"),
    level: fc.constant("unit"),
    validFrom: aDay,
    attributes: fc.record({ parentSorId: aUnit, name: fc.constant("Ny") }),
  }),
);

/** Everything that holds now, without ids and times. */
async function register(): Promise<unknown> {
  const rows = await db.execute(sql`
    select to_jsonb(v) - 'id' - 'recorded_at' - 'superseded_at' as row from organisation_versions v
    where superseded_at is null order by sor_id, valid_from`);
  const successors = await db.execute(sql`select * from organisation_successors order by 1, 2`);
  return [rows.rows, successors.rows];
}

test("a random set does what its preview said or nothing at all, and its undo gives the register of before", async () => {
  let applied = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyCommand, { minLength: 1, maxLength: 5 }), async (commands) => {
      const before = await register();
      const set = await createChangeSet(ctx, { title: "Tilfældigt", comment: null });
      await addCommands(ctx, { id: set.id, commands });
      const preview = await previewChangeSet(ctx, { id: set.id });
      expect(await register()).toEqual(before);
      if (preview.problems.some((problem) => problem.severity === "error")) {
        refused += 1;
        await expect(submitChangeSet(ctx, { id: set.id })).rejects.toThrow();
        const raw = (
          await db.execute(
            sql`select command from change_set_items where change_set_id = ${set.id} order by position`,
          )
        ).rows;
        const stored = raw.map((row) => Command.parse(row["command"]));
        await expect(editRegister(ctx, stored)).rejects.toThrow();
        expect(await register()).toEqual(before);
        return;
      }
      applied += 1;
      await submitChangeSet(ctx, { id: set.id });
      const done = await applyChangeSet(ctx, { id: set.id });
      expect(done.differences).toEqual(preview.differences);
      expect(done.hash).toBe(preview.hash);
      if (done.differences.length === 0) return;
      const undo = await revertChangeSet(ctx, { id: set.id });
      expect(
        (await previewChangeSet(ctx, { id: undo.id })).problems.filter((each) => each.severity === "error"),
      ).toEqual([]);
      await submitChangeSet(ctx, { id: undo.id });
      await applyChangeSet(ctx, { id: undo.id });
      expect(await register()).toEqual(before);
    }),
    { numRuns: 60 },
  );
  expect(applied).toBeGreaterThan(5);
  expect(refused).toBeGreaterThan(5);
  expect(await verifyJournal(db)).toMatchObject({ intact: true });
}, 120_000);
