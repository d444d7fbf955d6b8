import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../context.ts";
import type { Database } from "../database/index.ts";
import {
  applySet,
  draftSet,
  editingToday,
  editorsOfRegister,
  newGln,
  unitToCreate,
  untilLockWaits,
  withEveryChangeApproved,
} from "../testing/index.ts";
import {
  addCommands,
  applyChangeSet,
  approveChangeSet,
  createChangeSet,
  getChangeSet,
  listChangeSets,
  previewChangeSet,
  revertChangeSet,
  revertEntry,
  submitChangeSet,
  withdrawChangeSet,
} from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
let db: Database;
let owner: string;
let house: string;
let otherOwner: string;
let system: Context;
let region: (typeof world)["region"];
let authority: (typeof world)["authority"];

beforeAll(async () => {
  world = await editorsOfRegister();
  ({ db, owner, house, otherOwner, system, region, authority } = world);
});

describe("rights", () => {
  test("a command that restores is made by an undo only, and one nested too deep is refused with its place", async () => {
    const set = await createChangeSet(region(), { title: "Forsøg", comment: null });
    const add = (command: unknown) => addCommands(region(), { id: set.id, commands: [command] });
    const restore = { kind: "unit.restore", sorId: house, removed: [], added: [], sequence: 1 };
    const malformed = { code: "invalid", details: { at: 0, fault: "malformed" } };
    await expect(add(restore)).rejects.toMatchObject({ ...malformed, details: { field: "kind" } });
    let deep: unknown = "x";
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    await expect(add({ kind: "unit.change", sorId: house, attributes: deep })).rejects.toMatchObject(
      malformed,
    );
  });

  test("a location number of others cannot be taken by putting it on a unit of one's own", async () => {
    const gln = newGln();
    await db.execute(sql`insert into locations (gln) values (${gln})`);
    const id = await draftSet(region(), [
      { kind: "unit.change", sorId: house, validFrom: editingToday, attributes: { gln } },
    ]);
    const { problems } = await previewChangeSet(region(), { id });
    expect(problems.map((each) => each.fault)).toEqual(["gln-not-yours"]);
  });

  test("a move out of one's part of the register, or of another's unit into it, is refused", async () => {
    const [foreign] = (await applySet(system, [unitToCreate(otherOwner)])) as [string];
    const id = await draftSet(region(), [
      { kind: "unit.move", sorId: house, validFrom: editingToday, parentSorId: otherOwner },
      { kind: "unit.move", sorId: foreign, validFrom: editingToday, parentSorId: owner },
    ]);
    const { problems } = await previewChangeSet(region(), { id });
    expect(problems.map(({ at, fault }) => [at, fault])).toEqual([
      [0, "not-allowed"],
      [1, "not-allowed"],
    ]);
  });

  test("another's draft does not exist, and a submitted set of another part of the register neither", async () => {
    const id = await draftSet(region(), [
      {
        kind: "unit.change",
        sorId: house,
        validFrom: editingToday,
        attributes: { localCode: null, name: "Skjult" },
      },
    ]);
    await expect(getChangeSet(authority(), { id })).rejects.toMatchObject({ code: "not-found" });
    await submitChangeSet(region(), { id });
    expect((await getChangeSet(authority(), { id })).state).toBe("approved");
    const { stranger } = world;
    await expect(getChangeSet(stranger, { id })).rejects.toMatchObject({ code: "not-found" });
    expect((await listChangeSets(stranger, {})).items.map((set) => set.id)).not.toContain(id);
    await withdrawChangeSet(region(), { id });
  });

  test("a set about a location number only is seen by the colleagues of the unit that has it, and by no others", async () => {
    const gln = newGln();
    const location = { kind: "location.create", gln, validFrom: "2020-01-01", unitSorId: house, fields: {} };
    await applySet(system, [location]);
    const note = { kind: "location.change", gln, validFrom: editingToday, fields: { note: "Vagt" } };
    const id = await draftSet(region(), [note]);
    await submitChangeSet(region(), { id });
    expect((await getChangeSet(region("colleague"), { id })).items).toHaveLength(1);
    await expect(getChangeSet(world.stranger, { id })).rejects.toMatchObject({ code: "not-found" });
    await withdrawChangeSet(region(), { id });
  });
});

test("an entry about what one may not edit cannot be undone, nor read that way, and a set neither", async () => {
  const rename = { kind: "unit.change", sorId: house, validFrom: editingToday, attributes: { name: "Hus" } };
  const id = await draftSet(region(), [rename]);
  await submitChangeSet(region(), { id });
  const { sequence } = await applyChangeSet(region(), { id });
  const entry = (sequence ?? 0) - 1;
  await expect(revertEntry(world.stranger, { sequence: entry })).rejects.toMatchObject({ code: "not-found" });
  await expect(revertChangeSet(world.stranger, { id })).rejects.toMatchObject({ code: "not-found" });
  expect((await revertEntry(region(), { sequence: entry })).items).toHaveLength(1);
});

test("an account has a bounded number of open sets, and another account is not held up by it", async () => {
  const many = authority("many");
  const ownerId = many.actor.kind === "user" ? many.actor.id : "";
  await db.execute(sql`insert into change_sets (id, title, state, created_at, updated_at, owner_id, owner_name)
    select gen_random_uuid(), 'Kladde', 'draft', now(), now(), ${ownerId}, 'many' from generate_series(1, 199)`);
  const draft = (ctx: Context) => createChangeSet(ctx, { title: "Kladde", comment: null });
  const outcomes = await Promise.allSettled([draft(many), draft(many), draft(many)]);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(draft(many)).rejects.toMatchObject({ code: "too-many", details: { openMax: 200 } });
  await expect(draft(region())).resolves.toMatchObject({ state: "draft" });
});

describe("approval", () => {
  async function aMove(): Promise<string> {
    const [moved] = (await applySet(system, [unitToCreate(owner)])) as [string];
    const id = await draftSet(authority(), [
      { kind: "unit.move", sorId: moved, validFrom: "2026-07-01", parentSorId: otherOwner },
    ]);
    expect((await submitChangeSet(authority(), { id })).state).toBe("submitted");
    return id;
  }

  test("a move across owners waits for another person, who approves what they saw", async () => {
    const id = await aMove();
    const { hash } = await previewChangeSet(authority("authority-2"), { id });
    await expect(applyChangeSet(authority(), { id })).rejects.toMatchObject({ details: { fault: "state" } });
    await expect(approveChangeSet(authority(), { id, hash })).rejects.toMatchObject({
      details: { fault: "own-set" },
    });
    await expect(approveChangeSet(authority("authority-2"), { id, hash: "x" })).rejects.toMatchObject({
      details: { fault: "preview-changed" },
    });
    await expect(approveChangeSet(region("region-2"), { id, hash })).rejects.toMatchObject({
      code: "not-allowed",
    });
    expect((await approveChangeSet(authority("authority-2"), { id, hash })).state).toBe("approved");
    await expect(applyChangeSet(authority(), { id })).resolves.toMatchObject({ hash });
  });

  test("an approval is given, and what it approved applied, on later days than the submission", async () => {
    const id = await aMove();
    const [next, third] = ["2026-06-02T10:00:00Z", "2026-06-03T10:00:00Z"].map((at) => new Date(at));
    const { hash } = await previewChangeSet(authority("authority-2", next), { id });
    await approveChangeSet(authority("authority-2", next), { id, hash });
    await expect(applyChangeSet(authority("authority", third), { id })).resolves.toMatchObject({ hash });
  });

  test("after its day a set is not approved any more, and a changed set is a draft again", async () => {
    const id = await aMove();
    const { hash } = await previewChangeSet(authority(), { id });
    const late = authority("authority-2", new Date("2026-07-02T10:00:00Z"));
    await expect(approveChangeSet(late, { id, hash })).rejects.toMatchObject({
      details: { fault: "day-passed" },
    });
    await approveChangeSet(authority("authority-2"), { id, hash });
    await addCommands(authority(), { id, commands: [unitToCreate(owner)] });
    expect((await getChangeSet(authority(), { id })).state).toBe("draft");
    await expect(applyChangeSet(authority(), { id })).rejects.toMatchObject({ details: { fault: "state" } });
  });

  test("many endings need their number typed", async () => {
    const wards = await applySet(
      system,
      Array.from({ length: 50 }, () => unitToCreate(house, { level: "unit" })),
    );
    const id = await draftSet(
      authority(),
      wards.map((sorId) => ({ kind: "unit.close", sorId, validTo: "2026-07-01" })),
    );
    await expect(submitChangeSet(authority(), { id })).rejects.toMatchObject({ details: { endings: 50 } });
    expect((await submitChangeSet(authority(), { id, endings: 50 })).state).toBe("submitted");
  });

  test("a set that changes while it is submitted is not submitted", async () => {
    const rename = {
      kind: "unit.change",
      sorId: house,
      validFrom: "2026-10-01",
      attributes: { name: "Hus" },
    };
    const id = await draftSet(region(), [rename]);
    let submitting: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      await tx.execute(sql`select from change_sets where id = ${id} for update`);
      submitting = submitChangeSet(region(), { id });
      submitting.catch(() => undefined);
      await untilLockWaits(db, 1);
      await tx.execute(sql`update change_sets set version = version + 1 where id = ${id}`);
    });
    await expect(submitting).rejects.toMatchObject({ code: "conflict", details: { fault: "etag" } });
    expect((await getChangeSet(region(), { id })).state).toBe("draft");
  });

  test("a rule that is made after a set needed nobody is asked for when it is applied", async () => {
    const rename = {
      kind: "unit.change",
      sorId: house,
      validFrom: "2026-11-01",
      attributes: { name: "Nyt hus" },
    };
    const id = await draftSet(region(), [rename]);
    expect((await submitChangeSet(region(), { id })).state).toBe("approved");
    await withEveryChangeApproved(
      db,
      async () => {
        await expect(applyChangeSet(region(), { id })).rejects.toMatchObject({
          details: { fault: "not-approved" },
        });
        // The way out: submitted again, it waits for another person.
        expect((await submitChangeSet(region(), { id })).state).toBe("submitted");
        const { hash } = await previewChangeSet(region("region-2"), { id });
        await approveChangeSet(region("region-2"), { id, hash });
        await expect(applyChangeSet(region(), { id })).resolves.toMatchObject({ hash });
      },
      owner,
    );
  });
});
