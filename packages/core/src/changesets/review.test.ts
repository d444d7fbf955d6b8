import { beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { draftSet, editorsOfRegister, withEveryChangeApproved } from "../testing/index.ts";
import {
  addCommands,
  addRemark,
  applyChangeSet,
  approveChangeSet,
  declineChangeSet,
  findOpenDraft,
  getChangeSet,
  listRemoved,
  listSteps,
  NewRemark,
  previewChangeSet,
  removeCommand,
  submitChangeSet,
  takeUpSet,
} from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
beforeAll(async () => {
  world = await editorsOfRegister();
});
const rename = (name: string) => ({
  kind: "unit.change",
  sorId: world.house,
  validFrom: "2026-07-01",
  attributes: { name },
});
const remark = (id: string, more: object = {}) => ({
  id,
  ...NewRemark.parse({ position: 1, text: "Stavefejl", ...more }),
});
async function submitted(ctx: Context, name: string): Promise<string> {
  const id = await draftSet(ctx, [rename(name)]);
  await withEveryChangeApproved(world.db, () => submitChangeSet(ctx, { id }));
  return id;
}
const hashOf = async (ctx: Context, id: string) => (await previewChangeSet(ctx, { id })).hash;

describe("a remark", () => {
  test("stands at a command and its field, is journalled, and goes back with the set to its author", async () => {
    const { region } = world;
    const [author, reviewer] = [region(), region("region-2")];
    const id = await submitted(author, "Fjordhuzet");
    await addRemark(reviewer, remark(id, { field: "name" }));
    await addRemark(reviewer, remark(id));
    await declineChangeSet(reviewer, { id, hash: await hashOf(reviewer, id), comment: "se bemærkningerne" });
    expect((await getChangeSet(author, { id })).remarks).toMatchObject([
      { position: 1, field: "name", text: "Stavefejl", userName: "region-2" },
      { position: 1, field: null },
    ]);
    expect(
      (await listSteps(author, { id })).filter(({ from, to }) => from === to && to === "submitted"),
    ).toMatchObject([{ who: "region-2", comment: "Stavefejl" }, {}]);
  });

  test("is refused at a command or field that is not there, of a draft, and for those without the right to the change", async () => {
    const { region, stranger } = world;
    const id = await submitted(region(), "Fjordhuset");
    for (const more of [{ position: 2 }, { field: "gln" }]) {
      await expect(addRemark(region("region-2"), remark(id, more))).rejects.toMatchObject({
        code: "not-found",
      });
    }
    await expect(addRemark(stranger, remark(id))).rejects.toMatchObject({ code: "not-found" });
    const draft = await draftSet(region(), [rename("Kladde")]);
    await expect(addRemark(region(), remark(draft))).rejects.toMatchObject({ details: { fault: "state" } });
  });
});

test("what went from a set after it was sent back can be read, and what came has the time when it came", async () => {
  const { region } = world;
  const id = await submitted(region(), "Første");
  await declineChangeSet(region("region-2"), { id, hash: "x", comment: "nej" });
  const [decision] = (await getChangeSet(region(), { id })).decisions;
  const since = decision?.at ?? new Date();
  expect(await listRemoved(region(), { id, since: new Date(since.getTime() - 1) })).toEqual([]);
  await removeCommand(region(), { id, position: 1 });
  await addCommands(region(), { id, commands: [rename("Anden")] });
  expect(await listRemoved(region(), { id, since: new Date(since.getTime() - 1) })).toMatchObject([
    { kind: "unit.change", attributes: { name: "Første" } },
  ]);
});

describe("who takes up a set to correct it", () => {
  test("becomes an author: neither they nor its maker approve it, a third person does", async () => {
    const { region, authority, db } = world;
    const [maker, corrector, third] = [region(), region("region-2"), authority()];
    const id = await submitted(maker, "Med fejl");
    const taken = await takeUpSet(corrector, { id });
    expect([taken.state, taken.items.length]).toEqual(["draft", 1]);
    expect((await findOpenDraft(corrector))?.id).toBe(id);
    expect((await findOpenDraft(maker))?.id).not.toBe(id);
    await expect(removeCommand(maker, { id, position: 1 })).rejects.toMatchObject({ code: "not-allowed" });
    await removeCommand(corrector, { id, position: 1 });
    await addCommands(corrector, { id, commands: [rename("Uden fejl")] });
    await withEveryChangeApproved(db, async () => {
      expect((await submitChangeSet(corrector, { id })).state).toBe("submitted");
      const hash = await hashOf(third, id);
      for (const author of [maker, corrector]) {
        await expect(approveChangeSet(author, { id, hash })).rejects.toMatchObject({
          details: { fault: "own-set" },
        });
      }
      await approveChangeSet(third, { id, hash });
      await applyChangeSet(third, { id });
    });
    expect((await getChangeSet(maker, { id })).state).toBe("applied");
    expect((await listSteps(maker, { id })).filter(({ isTakenUp }) => isTakenUp)).toMatchObject([
      { who: "region-2" },
    ]);
  });

  test("may make every change in it, and is not who works on it already", async () => {
    const { region, authority, otherOwner } = world;
    const both = await draftSet(authority(), [
      rename("Begge"),
      { kind: "unit.change", sorId: otherOwner, validFrom: "2026-07-01", attributes: { name: "Begge" } },
    ]);
    await withEveryChangeApproved(world.db, () => submitChangeSet(authority(), { id: both }));
    await expect(takeUpSet(region(), { id: both })).rejects.toMatchObject({ code: "not-allowed" });
    await expect(takeUpSet(authority(), { id: both })).rejects.toMatchObject({ code: "conflict" });
    expect((await getChangeSet(authority(), { id: both })).state).toBe("submitted");
  });
});
