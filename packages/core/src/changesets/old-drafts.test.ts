import { beforeAll, expect, test } from "vitest";
import { takeAccountMails } from "../access/index.ts";
import { type Context, createContext } from "../context.ts";
import { aUser, draftSet, editingNow, editorsOfRegister, unitToCreate } from "../testing/index.ts";
import { addCommands, getChangeSet, listSteps, tendDrafts, withdrawnOn } from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
beforeAll(async () => {
  world = await editorsOfRegister();
});

const day = 86_400_000;
const onDay = (days: number) => new Date(editingNow.getTime() + days * day);
const system = (days: number) => createContext(world.db, { kind: "system", job: "drafts" }, onDay(days));
const tend = (days: number) => tendDrafts(system(days), { keepDays: 90 });
const told = async (days: number) =>
  (await takeAccountMails(system(days), { limit: 20, leaseSeconds: 8_640_000 })).map(({ kind, details }) => [
    kind,
    details.set,
  ]);

async function editor(): Promise<Context> {
  const given = { role: "region", scope: { kind: "subtree", sorId: world.owner } } as const;
  return (await aUser(world.db, "forfatter", given, editingNow)).ctx;
}

test("a draft that nobody changes warns its author, and is withdrawn a week later; an edit keeps it", async () => {
  const ctx = await editor();
  const commands = [unitToCreate(world.owner, { validFrom: "2027-01-01" })];
  const [left, kept] = [await draftSet(ctx, commands), await draftSet(ctx, commands)];
  expect(await tend(82)).toEqual({ warned: 0, withdrawn: 0 });
  expect(await tend(84)).toEqual({ warned: 2, withdrawn: 0 });
  expect(await tend(85)).toEqual({ warned: 0, withdrawn: 0 });
  expect((await told(85)).sort()).toEqual([left, kept].map((id) => ["draft-expiring", id]).sort());
  expect(withdrawnOn(await getChangeSet(ctx, { id: left }))).toBe("2026-08-31");
  await addCommands(createContext(world.db, ctx.actor, onDay(86)), { id: kept, commands });
  expect(withdrawnOn(await getChangeSet(ctx, { id: kept }))).toBeNull();
  expect(await tend(90)).toEqual({ warned: 0, withdrawn: 0 });
  expect(await tend(92)).toEqual({ warned: 0, withdrawn: 1 });
  expect((await getChangeSet(ctx, { id: left })).state).toBe("withdrawn");
  expect((await getChangeSet(ctx, { id: kept })).state).toBe("draft");
  expect((await listSteps(ctx, { id: left })).at(-1)).toMatchObject({ to: "withdrawn", who: "drafts" });
  expect(await told(92)).toEqual([["draft-withdrawn", left]]);
  expect(await tend(86 + 84)).toEqual({ warned: 1, withdrawn: 0 });
});
