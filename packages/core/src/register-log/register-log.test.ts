import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { noteDayChanges } from "../day-changes/index.ts";
import { updateSupplier } from "../endpoints/index.ts";
import { applySet, aVendor, setApprovalRules, testDatabase, unitToCreate } from "../testing/index.ts";
import { listDevices, loadUnitVersions, readLoggedRows, readRegister } from "./index.ts";

let db: Database;
let now = new Date("2026-06-01T10:00:00Z");
const ctx = () => createContext(db, { kind: "system", job: "test" }, now);

beforeAll(async () => {
  db = await testDatabase();
  await setApprovalRules(db, []);
});

test("what begins on a later day is a version of that day, and nothing waits for a number", async () => {
  while (!(await noteDayChanges(ctx())).isCaughtUp);
  const [owner] = await applySet(ctx(), [unitToCreate(null, { sorId: "new:o" })]);
  const sorId = owner as string;
  await applySet(ctx(), [
    { kind: "unit.change", sorId, validFrom: "2026-07-01", validTo: null, attributes: { name: "Nyt navn" } },
  ]);
  now = new Date("2026-07-01T10:00:00Z");
  while (!(await noteDayChanges(ctx())).isCaughtUp);
  const timelines = await readRegister(ctx(), (reading) => loadUnitVersions(reading, [sorId]));
  const names = timelines.get(sorId)?.versions.map(({ state }) => state?.row.name);
  expect(names).toEqual([names?.[0], names?.[0], "Nyt navn"]);
  expect(timelines.get(sorId)?.now).toMatchObject({ state: { row: { name: "Nyt navn" }, isActive: true } });
  const { rows } = await db.execute(
    sql`select count(*)::int as waiting from register_log where sequence is null`,
  );
  expect(rows).toEqual([{ waiting: 0 }]);
});

test("a row is read once, at the place where it was last told, and an ended one as ended", async () => {
  const rows = await readRegister(ctx(), (reading) =>
    readLoggedRows.units(reading, { after: { sequence: 0, id: 0 }, limit: 1000 }),
  );
  const ids = rows.map(({ row }) => row.row.id);
  expect(new Set(ids).size).toBe(ids.length);
  const { rows: all } = await db.execute(sql`select id from organisation_versions`);
  expect(ids).toHaveLength(all.length);
  const order = rows.map(({ sequence, id }) => [sequence, id]);
  expect(order).toEqual(order.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
});

test("a supplier's new name is a new version of each of its systems", async () => {
  const { supplierId } = await aVendor(db, "Gammelt navn");
  await db.execute(
    sql`insert into systems (id, supplier_id, name) values (gen_random_uuid(), ${supplierId}, 'Clinea')`,
  );
  const fields = { name: "Nyt navn", email: null, telephone: null, sorCode: null };
  await updateSupplier(ctx(), { id: supplierId, fields });
  const devices = await readRegister(ctx(), listDevices);
  expect(devices.map(({ facts }) => facts.kind === "system" && facts.manufacturer)).toEqual(["Nyt navn"]);
});
