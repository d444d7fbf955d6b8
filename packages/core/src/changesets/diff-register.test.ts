import { beforeAll, expect, test } from "vitest";
import { currentSequence, listJournal } from "../journal/index.ts";
import {
  applySet,
  aSupplier,
  editingToday,
  editorsOfRegister,
  newGln,
  unitToCreate,
} from "../testing/index.ts";
import {
  applyChangeSet,
  DiffQuestion,
  diffRegister,
  editAlone,
  previewAlone,
  revertEntry,
  submitChangeSet,
} from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
beforeAll(async () => {
  world = await editorsOfRegister();
});

const diff = async (question: object) => await diffRegister(world.system, DiffQuestion.parse(question));
const rename = (sorId: string, name: string, validFrom = editingToday) => ({
  kind: "unit.change",
  sorId,
  validFrom,
  attributes: { name },
});

test("between two moments the net change of each subject is told once, and what was taken back not at all", async () => {
  const { db, system, house, owner, otherOwner } = world;
  const from = await currentSequence(db);
  const gln = newGln();
  const supplierId = await aSupplier(db, "Leverandør");
  const [ward] = await applySet(system, [unitToCreate(house, { level: "unit" })]);
  const location = {
    kind: "location.create",
    gln,
    validFrom: editingToday,
    unitSorId: ward,
    fields: { supplierId },
  };
  await applySet(system, [rename(house, "Et"), location]);
  await applySet(system, [rename(house, "To"), rename(otherOwner, "Midlertidig")]);
  const middle = await currentSequence(db);
  await applySet(system, [{ kind: "unit.replace", sorId: ward, successors: [{ sorId: house }] }]);
  await applySet(system, [rename(otherOwner, "Siden")]);

  const all = await diff({ from });
  expect(all.items.map(({ type, id }) => [type, id])).toEqual([
    ["unit", ward],
    ["successors", ward],
    ["location", gln],
    ["unit", house],
    ["unit", otherOwner],
  ]);
  const [, , , ofHouse] = all.items as { added: { content: { name: string } }[]; removed: unknown[] }[];
  expect(ofHouse?.added.map(({ content }) => content.name)).not.toContain("Et");
  expect(ofHouse?.added.at(-1)).toMatchObject({ validFrom: editingToday, content: { name: "To" } });

  const below = await diff({ from, subtreeOf: owner });
  expect(below.items.map(({ id }) => id)).toEqual([ward, ward, gln, house]);
  expect((await diff({ from: middle, subtreeOf: owner })).items.map(({ type }) => type)).toEqual([
    "successors",
  ]);

  const pages = [await diff({ from, limit: 2 })];
  await applySet(system, [rename(house, "Tre")]);
  for (let next = pages[0]?.next; next; next = pages.at(-1)?.next)
    pages.push(await diff({ from, limit: 2, after: next }));
  expect(pages.flatMap(({ items }) => items)).toEqual(all.items);
  expect(new Set(pages.map(({ to }) => to))).toEqual(new Set([all.to]));
  await expect(diff({ from: all.to, to: from })).rejects.toMatchObject({ code: "invalid" });
  await expect(diff({ from, subtreeOf: "311000016009" })).rejects.toMatchObject({ code: "not-found" });
});

test("a change that is undone makes no difference, and a day stands for what was known when it began", async () => {
  const { db, system, house } = world;
  const from = await currentSequence(db);
  await applySet(system, [rename(house, "Fortrudt", "2026-09-01")]);
  const [entry] = await listJournal(db, { subjectId: house, limit: 1 });
  const { id } = await revertEntry(system, { sequence: entry?.sequence ?? 0 });
  await submitChangeSet(system, { id });
  await applyChangeSet(system, { id });
  expect((await diff({ from })).items).toEqual([]);
  expect((await diff({ from: editingToday })).items).not.toEqual([]);
  expect((await diff({ from: "2026-06-02" })).items).toEqual([]);
});

test("an edit alone that another must approve is a submitted set, and its preview refuses what it refuses", async () => {
  const { house, otherOwner, owner, authority, region } = world;
  const command = {
    kind: "unit.move",
    sorId: house,
    validFrom: "2026-10-01",
    parentSorId: otherOwner,
  } as never;
  const edit = { command, title: "Flyt huset" };
  for (const run of [previewAlone, editAlone]) {
    await expect(run(region(), edit)).rejects.toMatchObject({
      code: "not-allowed",
      details: { action: "unit.edit", subjectType: "unit" },
    });
    const stale = run(authority(), { ...edit, etag: "not the present one" });
    await expect(stale).rejects.toMatchObject({ code: "conflict", details: { fault: "etag" } });
  }
  const { set, preview } = await editAlone(authority(), edit);
  expect(set).toMatchObject({ state: "submitted", submittedHash: preview.hash, applyBy: "2026-10-01" });
  const back = { ...edit, command: { ...(command as object), parentSorId: owner } as never };
  expect(await editAlone(authority(), back)).toMatchObject({ set: null, preview: { differences: [] } });
});
