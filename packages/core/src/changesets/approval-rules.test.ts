import { beforeAll, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import { makeSorId } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import { applySet, draftSet, editingNow, editorsOfRegister, unitToCreate } from "../testing/index.ts";
import {
  addApprovalRule,
  endApprovalRule,
  keepApprovalRule,
  listApprovalRules,
  NewApprovalRule,
  submitChangeSet,
} from "./index.ts";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
beforeAll(async () => {
  world = await editorsOfRegister();
});

const rule = (kind: string, subtreeSorId: string | null = null) =>
  NewApprovalRule.parse({ kind, subtreeSorId });
const submitted = async (ctx: Context, parent: string) => {
  const id = await draftSet(ctx, [unitToCreate(parent, { validFrom: "2026-07-01" })]);
  return (await submitChangeSet(ctx, { id })).state;
};

test("a region lays a rule on its own part and no other, and it holds for everybody's next set there", async () => {
  const { db, owner, otherOwner, region, authority, stranger } = world;
  for (const [ctx, subtree] of [
    [region(), otherOwner],
    [region(), null],
    [stranger, owner],
  ] as const) {
    await expect(addApprovalRule(ctx, rule("any", subtree))).rejects.toMatchObject({ code: "not-allowed" });
  }
  expect(await submitted(region(), owner)).toBe("approved");
  const { id } = await addApprovalRule(region(), rule("any", owner));
  expect(await submitted(region(), owner)).toBe("submitted");
  expect(await submitted(authority(), owner)).toBe("submitted");
  expect(await submitted(stranger, otherOwner)).toBe("approved");
  expect((await listJournal(db, { limit: 50 })).find(({ subjectId }) => subjectId === id)).toMatchObject({
    action: "approval-rule.edit",
    subjectType: "approval-rule",
    after: { kind: "any", subtreeSorId: owner, laidBy: "region" },
  });
  const again = addApprovalRule(authority(), rule("any", owner));
  await expect(again).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("already"),
  });
  const unknown = addApprovalRule(authority(), rule("any", makeSorId(77_777)));
  await expect(unknown).rejects.toMatchObject({ code: "not-found", details: { field: "subtreeSorId" } });
  await endApprovalRule(world.system, { id });
});

test("a rule holds for units far below its part, also when the set names a unit between them", async () => {
  const { owner, house, region, system } = world;
  const unit = (parent: string, validFrom = "2026-01-01") =>
    unitToCreate(parent, { level: "unit", validFrom, attributes: { parentSorId: parent, name: "Afsnit" } });
  const below = async (parent: string) => (await applySet(system, [unit(parent)]))[0] ?? "";
  const department = await below(house);
  const [ward, sister] = [await below(department), await below(department)];
  const { id } = await addApprovalRule(region(), rule("any", owner));
  const deep = await draftSet(region(), [unit(ward, "2026-07-01")]);
  expect((await submitChangeSet(region(), { id: deep })).state).toBe("submitted");
  await endApprovalRule(system, { id });
  // Within one owner a move needs nobody, however deep it goes.
  const move = { kind: "unit.move", sorId: sister, validFrom: "2026-07-01", parentSorId: ward };
  const moved = await draftSet(region(), [move]);
  expect((await submitChangeSet(region(), { id: moved })).state).toBe("approved");
});

test("a rule holds until another person than who asked has ended it, and can be kept", async () => {
  const { owner, region, authority, stranger } = world;
  const { id } = await addApprovalRule(region(), rule("any", owner));
  expect(await endApprovalRule(region(), { id })).toMatchObject({ isEnded: false });
  expect(await submitted(region(), owner)).toBe("submitted");
  await expect(endApprovalRule(region(), { id })).rejects.toMatchObject({
    code: "conflict",
    details: { fault: "another-ends-rule" },
  });
  await expect(endApprovalRule(stranger, { id })).rejects.toMatchObject({ code: "not-allowed" });
  await expect(keepApprovalRule(stranger, { id })).rejects.toMatchObject({ code: "not-allowed" });
  await keepApprovalRule(region("region-2"), { id });
  expect(await endApprovalRule(region("region-2"), { id })).toMatchObject({ isEnded: false });
  expect(await endApprovalRule(authority(), { id })).toMatchObject({ isEnded: true });
  expect(await submitted(region(), owner)).toBe("approved");
  await expect(endApprovalRule(authority(), { id })).rejects.toMatchObject({ code: "not-found" });
});

test("what the authority lays on a region's part, or on the whole register, the region does not end", async () => {
  const { owner, region, authority, system } = world;
  const ids = [
    (await addApprovalRule(authority(), rule("any", owner))).id,
    (await addApprovalRule(authority(), rule("new-owner"))).id,
  ];
  const listed = async (ctx: Context) =>
    (await listApprovalRules(ctx)).filter((each) => ids.includes(each.id)).map(({ mayEnd }) => mayEnd);
  expect([await listed(region()), await listed(authority())]).toEqual([
    [false, false],
    [true, true],
  ]);
  for (const id of ids) {
    await expect(endApprovalRule(region(), { id })).rejects.toMatchObject({ code: "not-allowed" });
    await endApprovalRule(system, { id });
  }
  const nobody = createContext(world.db, { kind: "anonymous" }, editingNow);
  await expect(listApprovalRules(nobody)).rejects.toMatchObject({ code: "not-allowed" });
});

test("a key asks for the end of a rule, and confirms none", async () => {
  const { db, owner, region, system } = world;
  const { id } = await addApprovalRule(region(), rule("any", owner));
  const { actor } = region();
  if (actor.kind !== "user") throw new Error("a region is a person");
  const names = { kind: "key", id: "00000000-0000-4000-8000-00000000abcd", name: "Nøgle" } as const;
  const supplierId = "00000000-0000-4000-8000-00000000abce";
  const rights = { supplierId, scopes: ["register:write"], grants: actor.grants, limitedTo: null } as const;
  const key = createContext(db, { ...names, ...rights }, editingNow);
  await endApprovalRule(region(), { id });
  await expect(endApprovalRule(key, { id })).rejects.toMatchObject({ code: "not-allowed" });
  await keepApprovalRule(key, { id });
  expect(await endApprovalRule(key, { id })).toMatchObject({ isEnded: false });
  await endApprovalRule(system, { id });
});
