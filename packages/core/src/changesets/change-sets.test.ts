import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listJournal, verifyJournal } from "../journal/index.ts";
import { findOrganisation } from "../organisations/index.ts";
import { organisationVersions } from "../organisations/tables.ts";
import {
  applySet,
  aSupplier,
  draftSet,
  editingToday,
  editorsOfRegister,
  newGln,
  unitToCreate,
} from "../testing/index.ts";
import {
  addCommands,
  applyChangeSet,
  createChangeSet,
  getChangeSet,
  keepCommand,
  previewChangeSet,
  revertChangeSet,
  revertEntry,
  submitChangeSet,
} from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
let db: Database;
let owner: string;
let house: string;
let otherOwner: string;
let system: Context;
let region: (typeof world)["region"];

beforeAll(async () => {
  world = await editorsOfRegister();
  ({ db, owner, house, otherOwner, system, region } = world);
});

const nameOf = async (sorId: string, validAt = editingToday) =>
  (await findOrganisation(system, { sorId, validAt }))?.name;

describe("a set", () => {
  test("creates a unit and its children in any order, previews what it then does, and is undone and redone", async () => {
    const ctx = region();
    const id = await draftSet(ctx, [
      { kind: "unit.change", sorId: house, validFrom: "2026-07-01", attributes: { name: "Nyt hus" } },
      unitToCreate("new:ward", { sorId: "new:room", level: "unit", validFrom: "2026-07-01" }),
      unitToCreate(house, { sorId: "new:ward", level: "unit", validFrom: "2026-07-01" }),
    ]);
    const preview = await previewChangeSet(ctx, { id });
    expect(preview.problems).toEqual([]);
    expect(
      preview.differences.map(({ type, removed, added }) => [type, removed.length, added.length]),
    ).toEqual([
      ["unit", 1, 2],
      ["unit", 0, 1],
      ["unit", 0, 1],
    ]);
    expect(await nameOf(house, "2026-07-01")).not.toBe("Nyt hus");
    await submitChangeSet(ctx, { id });
    const applied = await applyChangeSet(ctx, { id });
    expect(applied.differences).toEqual(preview.differences);
    expect(applied.hash).toBe(preview.hash);
    expect(await nameOf(house, "2026-07-01")).toBe("Nyt hus");
    const entries = await listJournal(db, { limit: 4 });
    expect(entries.map((entry) => [entry.subjectType, entry.changeSetId])).toEqual([
      ["change-set", id],
      ["unit", id],
      ["unit", id],
      ["unit", id],
    ]);

    const before = await presentRows();
    const { version } = await getChangeSet(ctx, { id });
    const undo = await revertChangeSet(ctx, { id });
    await submitChangeSet(ctx, { id: undo.id });
    await applyChangeSet(ctx, { id: undo.id });
    expect(await nameOf(house, "2026-07-01")).not.toBe("Nyt hus");
    // A new state is a new version: nobody is answered that nothing has changed.
    expect(await getChangeSet(ctx, { id })).toMatchObject({ state: "reverted", version: version + 1 });
    const redo = await revertChangeSet(ctx, { id: undo.id });
    await submitChangeSet(ctx, { id: redo.id });
    await applyChangeSet(ctx, { id: redo.id });
    expect(await presentRows()).toEqual(before);
    expect(await verifyJournal(db)).toMatchObject({ intact: true });
  });

  test("is applied as a whole or not at all, and says which command is to blame", async () => {
    const ctx = region();
    const id = await draftSet(ctx, [
      { kind: "unit.change", sorId: house, validFrom: "2026-08-01", attributes: { name: "Halvt" } },
      { kind: "unit.change", sorId: otherOwner, validFrom: "2026-08-01", attributes: { name: "Fremmed" } },
      { kind: "unit.close", sorId: owner, validTo: "2026-08-01" },
    ]);
    const { problems } = await previewChangeSet(ctx, { id });
    expect(problems.map(({ at, fault }) => [at, fault])).toEqual([
      [0, "parent-not-valid"],
      [1, "not-allowed"],
    ]);
    const before = await presentRows();
    await expect(submitChangeSet(ctx, { id })).rejects.toMatchObject({
      details: { fault: "problems", at: 0 },
    });
    await expect(applyChangeSet(ctx, { id })).rejects.toMatchObject({ details: { fault: "state" } });
    expect(await presentRows()).toEqual(before);
  });

  test("two units swap their location numbers, in whichever order the commands stand", async () => {
    const glns = [newGln(), newGln()];
    for (const gln of glns) await db.execute(sql`insert into locations (gln) values (${gln})`);
    const units = await applySet(
      system,
      glns.map((gln) =>
        unitToCreate(house, { level: "unit", attributes: { parentSorId: house, name: "x", gln } }),
      ),
    );
    await applySet(region(), [
      { kind: "unit.change", sorId: units[0], validFrom: editingToday, attributes: { gln: glns[1] } },
      { kind: "unit.change", sorId: units[1], validFrom: editingToday, attributes: { gln: glns[0] } },
    ]);
    const held = await Promise.all(
      units.map((sorId) => findOrganisation(system, { sorId, validAt: editingToday })),
    );
    expect(held.map((unit) => unit?.gln)).toEqual(glns.toReversed());
  });
});

test("what changed since the author saw it is a conflict, until the author keeps the command", async () => {
  const id = await draftSet(region(), [
    { kind: "unit.change", sorId: house, validFrom: "2026-09-01", attributes: { name: "Første" } },
  ]);
  await applySet(region("region-2"), [
    { kind: "unit.change", sorId: house, validFrom: "2026-09-01", attributes: { name: "Anden" } },
  ]);
  const { problems } = await previewChangeSet(region(), { id });
  expect(problems).toMatchObject([
    { at: 0, fault: "changed-since", details: { sequence: expect.any(Number) } },
  ]);
  await expect(submitChangeSet(region(), { id })).rejects.toMatchObject({ code: "invalid" });
  await keepCommand(region(), { id, position: 1 });
  await submitChangeSet(region(), { id });
  await applyChangeSet(region(), { id });
  expect(await nameOf(house, "2026-09-01")).toBe("Første");
});

test("one journal entry is undone, unless what it changed was changed since", async () => {
  await applySet(region(), [
    { kind: "unit.change", sorId: house, validFrom: "2027-01-01", attributes: { name: "A" } },
  ]);
  const [, first] = await listJournal(db, { limit: 2 });
  await applySet(region(), [
    { kind: "unit.change", sorId: house, validFrom: "2027-01-01", attributes: { name: "B" } },
  ]);
  const [, second] = await listJournal(db, { limit: 2 });
  const undo = await revertEntry(region(), { sequence: first?.sequence ?? 0 });
  const { problems } = await previewChangeSet(region(), { id: undo.id });
  expect(problems.map((each) => each.fault)).toEqual(["changed-since", "changed-since"]);
  const newest = await revertEntry(region(), { sequence: second?.sequence ?? 0 });
  await submitChangeSet(region(), { id: newest.id });
  await applyChangeSet(region(), { id: newest.id });
  expect(await nameOf(house, "2027-01-01")).toBe("A");
});

test("a set of more commands than fit, and a command that is not well-formed, are refused with their place", async () => {
  const set = await createChangeSet(region(), { title: "For stort", comment: null });
  const command = { kind: "unit.change", sorId: house, validFrom: editingToday, attributes: { name: "x" } };
  const many = Array.from({ length: 5001 }, () => command);
  await expect(addCommands(region(), { id: set.id, commands: many })).rejects.toMatchObject({
    code: "too-large",
  });
  const wrong = [command, { ...command, validFrom: "i morgen" }];
  await expect(addCommands(region(), { id: set.id, commands: wrong })).rejects.toMatchObject({
    code: "invalid",
    details: { at: 1, field: "validFrom" },
  });
});

test("a location number is created for a unit, with what it receives, and the unit has it from that day", async () => {
  const supplierId = await aSupplier(db, "Leverandør");
  const gln = newGln();
  const [ward] = (await applySet(system, [unitToCreate(house, { level: "unit" })])) as [string];
  const fields = { supplierId, regionCode: "1083", ediAdministrator: "Regionen" };
  await applySet(region(), [
    { kind: "location.create", gln, validFrom: "2026-07-01", unitSorId: ward, fields },
  ]);
  expect((await findOrganisation(system, { sorId: ward, validAt: "2026-07-01" }))?.gln).toBe(gln);
  expect((await findOrganisation(system, { sorId: ward, validAt: editingToday }))?.gln).toBeNull();
});

async function presentRows(): Promise<unknown[]> {
  const {
    id: _,
    recordedAt: __,
    ...columns
  } = {
    id: organisationVersions.id,
    recordedAt: organisationVersions.recordedAt,
    sorId: organisationVersions.sorId,
    validFrom: organisationVersions.validFrom,
    validTo: organisationVersions.validTo,
    name: organisationVersions.name,
    parentSorId: organisationVersions.parentSorId,
    gln: organisationVersions.gln,
    searchText: organisationVersions.searchText,
  };
  return await db
    .select(columns)
    .from(organisationVersions)
    .where(sql`superseded_at is null`)
    .orderBy(organisationVersions.sorId, organisationVersions.validFrom);
}
