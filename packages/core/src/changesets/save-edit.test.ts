import { beforeAll, describe, expect, test } from "vitest";
import { listJournal } from "../journal/index.ts";
import { getUnitLine, unitEtag } from "../organisations/index.ts";
import { withForm } from "../requests/index.ts";
import { editingToday, editorsOfRegister, unitToCreate } from "../testing/index.ts";
import { listChangeSets, previewEdit, saveEdit } from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;

beforeAll(async () => {
  world = await editorsOfRegister();
});

const rename = (sorId: string, name: string) => ({
  kind: "unit.change",
  sorId,
  validFrom: editingToday,
  attributes: { name },
});
const seenNow = async (sorId: string) => ({
  sorId,
  etag: unitEtag((await getUnitLine(world.db, sorId)).versions),
});
const setsOf = async () => (await listChangeSets(world.region(), {})).items.length;

describe("a form", () => {
  test.each(["now", "draft"] as const)(
    "based on a state that has changed is refused: into %s",
    async (into) => {
      const { house } = world;
      const seen = await seenNow(house);
      await saveEdit(world.region(), {
        title: "Først",
        commands: [rename(house, `Først ${into}`)],
        into: "now",
        seen,
      });
      const count = await setsOf();
      const late = saveEdit(world.region(), {
        title: "Sidst",
        commands: [rename(house, "Sidst")],
        into,
        seen,
      });
      await expect(late).rejects.toMatchObject({ code: "conflict", details: { fault: "etag" } });
      expect((await getUnitLine(world.db, house)).versions.at(-1)?.name).toBe(`Først ${into}`);
      expect(await setsOf()).toBe(count);
    },
  );

  test("is previewed with the SOR ids that are next, of which none is taken", async () => {
    const { sorId: _, ...unit } = unitToCreate(world.owner) as { sorId?: string };
    const commands = [
      { ...unit, sorId: "new:a" },
      { ...unit, sorId: "new:b" },
    ];
    const previews = [
      await previewEdit(world.region(), commands),
      await previewEdit(world.region(), commands),
    ];
    const [first, second] = previews.map(({ differences }) => differences.map(({ id }) => id));
    expect(first).toHaveLength(2);
    expect(second).toEqual(first);
    const { set } = await saveEdit(world.region(), { title: "To nye", commands, into: "now" });
    expect(set?.items.map(({ command }) => "sorId" in command && command.sorId)).toEqual(first);
  });

  test("that is posted again gets its first answer, and is done once", async () => {
    const { house } = world;
    const seen = await seenNow(house);
    const post = async () => {
      const { ctx, name } = withForm(world.region());
      name({ id: "00000000-0000-4000-8000-0000000000aa", digest: "a".repeat(64) });
      const commands = [rename(house, "To gange")];
      return await saveEdit(ctx, { title: "To gange", commands, into: "now", seen });
    };
    const [first, again] = [await post(), await post()];
    expect(first.set?.state).toBe("applied");
    expect(again).toMatchObject({ set: { id: first.set?.id, state: "applied" }, problems: [] });
  });

  test("with a command that its sender may not give is refused and journalled, and makes no set", async () => {
    const count = await setsOf();
    const commands = [rename(world.otherOwner, "Overtaget")];
    await expect(saveEdit(world.region(), { title: "Fremmed", commands, into: "now" })).rejects.toMatchObject(
      { code: "not-allowed" },
    );
    expect(await setsOf()).toBe(count);
    const [entry] = await listJournal(world.db, { subjectId: world.otherOwner, limit: 1 });
    expect(entry).toMatchObject({ outcome: "refused", action: "unit.edit" });
  });
});
