import { beforeAll, expect, test } from "vitest";
import {
  applySet,
  draftSet,
  editingToday,
  editorsOfRegister,
  setApprovalRules,
  unitToCreate,
} from "../testing/index.ts";
import {
  applyChangeSet,
  approveChangeSet,
  countSetsToApprove,
  findOpenDraft,
  listAppliedDifferences,
  listLaterChanges,
  listOpenSetsOf,
  listSteps,
  previewChangeSet,
  removeCommand,
  submitChangeSet,
  withdrawChangeSet,
} from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
beforeAll(async () => {
  world = await editorsOfRegister();
});

const rename = (sorId: string, name: string, validFrom = "2026-07-01") => ({
  kind: "unit.change",
  sorId,
  validFrom,
  attributes: { name },
});

test("the open draft is the actor's newest, with the number of its commands", async () => {
  const { house, region } = world;
  expect(await findOpenDraft(region())).toBeUndefined();
  const id = await draftSet(region(), [rename(house, "A"), rename(house, "B")]);
  expect(await findOpenDraft(region())).toEqual({ id, itemCount: 2 });
  expect(await findOpenDraft(region("region-2"))).toBeUndefined();
  await withdrawChangeSet(region(), { id });
  expect(await findOpenDraft(region())).toBeUndefined();
});

test("a unit names the sets that would change it, to those who may see them", async () => {
  const { house, owner, region, authority, stranger } = world;
  const id = await draftSet(region(), [rename(house, "Åbent sæt")]);
  const subject = { type: "unit", id: house } as const;
  const seen = async (ctx: ReturnType<typeof region>) =>
    (await listOpenSetsOf(ctx, subject)).map((set) => set.id);
  expect(await seen(region())).toEqual([id]);
  expect(await seen(authority())).toEqual([]);
  await submitChangeSet(region(), { id });
  expect(await seen(authority())).toEqual([id]);
  expect(await seen(stranger)).toEqual([]);
  expect(await listOpenSetsOf(region(), { type: "unit", id: owner })).toEqual([]);
  await applyChangeSet(region(), { id });
  expect(await seen(region())).toEqual([]);
});

test("a set waits for those who may make every change in it, and not for its authors", async () => {
  const { db, owner, house, otherOwner, system, region, authority, stranger } = world;
  await setApprovalRules(db, [{ kind: "any" }]);
  const waits = async () =>
    await Promise.all(
      [region(), region("region-2"), authority(), authority("authority-2"), stranger].map(countSetsToApprove),
    );
  expect(await waits()).toEqual([0, 0, 0, 0, 0]);
  const own = await draftSet(region(), [
    rename(house, "I egen del"),
    unitToCreate(owner, { validFrom: "2026-07-01" }),
  ]);
  await submitChangeSet(region(), { id: own });
  expect(await waits()).toEqual([0, 1, 1, 1, 0]);
  const [foreign] = (await applyNow(() => applySet(system, [unitToCreate(otherOwner)]))) as [string];
  const both = await draftSet(authority(), [rename(house, "Begge"), rename(foreign, "Begge")]);
  await submitChangeSet(authority(), { id: both });
  expect(await waits()).toEqual([0, 1, 1, 2, 0]);
  const { hash } = await previewChangeSet(authority(), { id: own });
  await approveChangeSet(region("region-2"), { id: own, hash });
  expect(await waits()).toEqual([0, 0, 0, 1, 0]);

  /** Creates what a set needs while no rule asks for a second person. */
  async function applyNow<T>(act: () => Promise<T>): Promise<T> {
    await setApprovalRules(db, []);
    const done = await act();
    await setApprovalRules(db, [{ kind: "any" }]);
    return done;
  }
});

test("the journal tells what a set did, its steps, and what its author did not see", async () => {
  const { db, house, region } = world;
  await setApprovalRules(db, []);
  const ctx = region();
  const id = await draftSet(ctx, [
    rename(house, "Set", "2026-09-01"),
    rename(house, "Fjernet", editingToday),
    rename(house, "Fjernet", editingToday),
  ]);
  const later = await draftSet(region("region-2"), [rename(house, "Imens", "2026-09-01")]);
  await submitChangeSet(region("region-2"), { id: later });
  await applyChangeSet(region("region-2"), { id: later });
  await removeCommand(ctx, { id, position: 3 });
  await removeCommand(ctx, { id, position: 2 });
  const { problems } = await previewChangeSet(ctx, { id });
  const sequences = problems.map((problem) => Number(problem.details["sequence"]));
  const [change, ...more] = await listLaterChanges(ctx, { id, sequences: [...sequences, 1] });
  expect(more).toEqual([]);
  expect(change?.difference).toMatchObject({ type: "unit", id: house });
  expect(await listAppliedDifferences(ctx, { id })).toEqual([]);
  const done = await previewChangeSet(ctx, { id: later });
  const told = await listAppliedDifferences(ctx, { id: later });
  expect(told).toMatchObject([{ type: "unit", id: house, added: [{}, { content: { name: "Imens" } }] }]);
  expect(done.differences).toEqual([]);
  expect((await listSteps(ctx, { id: later })).map(({ from, to, who }) => [from, to, who])).toEqual([
    [null, "draft", "region-2"],
    ["draft", "draft", "region-2"],
    ["draft", "approved", "region-2"],
    ["approved", "applied", "region-2"],
  ]);
  expect((await listSteps(ctx, { id })).map(({ to }) => to)).toEqual(["draft", "draft"]);
});
