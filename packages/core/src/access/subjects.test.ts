import { beforeAll, describe, expect, test } from "vitest";
import { type Context, change, unchanged } from "../context.ts";
import type { GrantScope, Role } from "../permissions/index.ts";
import { aUser, aWorldOfVendors } from "../testing/index.ts";
import { aboutUser, isVendorsOwn, maySeeUsers, userSubject } from "./subjects.ts";

const now = new Date("2026-03-01T10:00:00Z");
const [ours, theirs] = ["ours", "theirs"];
const inOurs: GrantScope = { kind: "supplier", supplierId: ours };
const inTheirs: GrantScope = { kind: "supplier", supplierId: theirs };
const everything: GrantScope = { kind: "all" };

test.each<[Role, GrantScope, string | null, boolean]>([
  ["vendor-administrator", inOurs, ours, true],
  ["vendor-editor", inOurs, ours, true],
  ["reader", inOurs, ours, true],
  ["authority", inOurs, ours, false],
  ["region", inOurs, ours, false],
  ["reader", inTheirs, ours, false],
  ["reader", everything, ours, false],
  ["reader", { kind: "subtree", sorId: ours }, ours, false],
  ["reader", { kind: "locations", glns: [ours] }, ours, false],
  ["reader", inOurs, null, false],
  ["reader", { kind: "supplier", supplierId: null as never }, null, false],
])("the role %s in %j stays within vendor %s: %s", (role, scope, supplierId, isOwn) => {
  expect(isVendorsOwn({ role, scope }, supplierId)).toBe(isOwn);
});

test.each([
  [[], ours],
  [[{ role: "reader", scope: inOurs }], ours],
  [
    [
      { role: "reader", scope: inOurs },
      { role: "reader", scope: everything },
    ],
    undefined,
  ],
  [
    [
      { role: "reader", scope: everything },
      { role: "reader", scope: inOurs },
    ],
    undefined,
  ],
] as const)("a user who holds %j is administered by %s", (given, supplierId) => {
  const subject = userSubject({ id: "1", supplierId: ours }, given);
  expect(subject).toEqual({ type: "user", id: "1", supplierId });
});

test("a user without a vendor is administered by the authority only", () => {
  expect(userSubject({ id: "1", supplierId: null }, [])).toEqual({ type: "user", id: "1" });
});

describe("a change of a user", () => {
  let world: Awaited<ReturnType<typeof aWorldOfVendors>>;
  let bo: string;
  beforeAll(async () => {
    world = await aWorldOfVendors(now);
    const { db, inOurs: scope, ours: supplierId } = world;
    ({ userId: bo } = await aUser(db, "bo.b", { role: "reader", scope, supplierId }, now));
  });

  const changed = (ctx: Context, ...[userId, narrowed]: [string, Parameters<typeof aboutUser>[2]?]) =>
    change(ctx, { action: "user.edit", ...aboutUser(ctx, userId, narrowed) }, async () => ({
      ...unchanged("changed"),
    }));
  const refusalOf = async (...asked: Parameters<typeof changed>) =>
    await changed(...asked).catch((error: { code: string }) => error.code);

  test("is allowed to the administrator of their vendor and to the authority", async () => {
    for (const { ctx } of [world.admin, world.authority]) expect(await changed(ctx, bo)).toBe("changed");
  });

  test("of another vendor's user is not-found, of one's own user not-allowed", async () => {
    expect(await refusalOf(world.stranger.ctx, bo)).toBe("not-found");
    expect(await refusalOf(world.admin.ctx, world.authority.userId)).toBe("not-found");
    const also = [{ role: "reader" as const, scope: everything }];
    expect(await refusalOf(world.admin.ctx, bo, { also })).toBe("not-allowed");
    expect(await refusalOf(world.admin.ctx, bo, { also: [{ role: "reader", scope: world.inOurs }] })).toBe(
      "changed",
    );
  });

  test("reserved for the authority is allowed to the authority only", async () => {
    expect(await refusalOf(world.admin.ctx, bo, { isAuthoritys: () => true })).toBe("not-allowed");
    expect(await refusalOf(world.admin.ctx, bo, { isAuthoritys: () => false })).toBe("changed");
    expect(await refusalOf(world.authority.ctx, bo, { isAuthoritys: () => true })).toBe("changed");
  });

  test("concerns the user as found in its transaction", async () => {
    const { ctx } = world.admin;
    const found = aboutUser(ctx, async () => bo);
    const write = async () => unchanged("changed");
    expect(await change(ctx, { action: "user.edit", ...found }, write)).toBe("changed");
    const unseen = aboutUser(world.stranger.ctx, async () => bo);
    await expect(change(world.stranger.ctx, { action: "user.edit", ...unseen }, write)).rejects.toMatchObject(
      {
        ...{ code: "not-found", details: { userId: bo } },
      },
    );
  });

  test("users are listed by their administrators", () => {
    const { admin, stranger, authority, ours: id } = world;
    const may = ({ ctx }: { ctx: Context }) => [maySeeUsers(ctx, id), maySeeUsers(ctx, undefined)];
    expect([admin, stranger, authority].map(may)).toEqual([
      [true, false],
      [false, false],
      [true, true],
    ]);
  });
});
