import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import type { GrantScope } from "../permissions/index.ts";
import { aUser, aWorldOfVendors } from "../testing/index.ts";
import { createAuth, hashOfPassword } from "./auth.ts";
import { changePassword } from "./change-password.ts";
import { deactivateUser, reactivateUser } from "./deactivate.ts";
import { grantRole, revokeGrant } from "./grant-role.ts";
import { invitePasswordReset } from "./invite-user.ts";
import { getUser, listUsers } from "./list-users.ts";
import { loadGrants } from "./load-user.ts";
import { claimAttempt } from "./login-throttle.ts";
import type { NewGrant } from "./schemas.ts";
import { findSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { accounts, grantRequests } from "./tables.ts";

const now = new Date();
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const password = "en lang sætning til test";
const all: GrantScope = { kind: "all" };
const auth = (db: Database) =>
  createAuth(db, { baseUrl: "http://127.0.0.1:3000", secret: "0123456789abcdef0123456789abcdef" });
const from = { headers: new Headers(), address: "192.0.2.1" };

const lastEntry = async (ctx: Context) => (await listJournal(ctx.db, { limit: 1 }))[0];
const refused = { code: "not-allowed" };
/** Other vendors' users are reported as not found. */
const unknown = { code: "not-found", message: "There is no such user." };

const setPassword = async (db: Database, userId: string) =>
  db
    .update(accounts)
    .set({ password: await hashOfPassword(password) })
    .where(eq(accounts.userId, userId));

test("another vendor's user cannot be seen, deactivated, given a role or a password; refusals are journalled", async () => {
  const { ours, theirs, inOurs, admin, stranger } = await aWorldOfVendors(now);
  const { ctx } = admin;
  await expect(listUsers(ctx, { supplierId: theirs })).rejects.toMatchObject(refused);
  await expect(listUsers(ctx, {})).rejects.toMatchObject(refused);
  await expect(getUser(ctx, stranger.userId)).rejects.toMatchObject(unknown);
  await expect(getUser(ctx, newId())).rejects.toMatchObject(unknown);
  const grant = {
    userId: stranger.userId,
    role: "vendor-editor",
    scope: inOurs,
    validFrom: now,
    validTo: null,
  };
  const attempts = [
    () => deactivateUser(ctx, stranger.userId),
    () => reactivateUser(ctx, stranger.userId),
    () => invitePasswordReset(ctx, stranger.userId),
    () => grantRole(ctx, grant as never),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject(unknown);
    const subjectId = stranger.userId;
    expect(await lastEntry(ctx)).toMatchObject({ outcome: "refused", subjectId, actorId: admin.userId });
  }
  expect((await listUsers(ctx, { supplierId: ours })).map((user) => user.username)).toEqual(["admin"]);
});

test("an administrator of a vendor cannot take over a colleague who also holds wider rights", async () => {
  const { db, ours, inOurs, admin } = await aWorldOfVendors(now);
  const colleague = await aUser(db, "wide", { role: "vendor-editor", scope: inOurs, supplierId: ours });
  await invitePasswordReset(admin.ctx, colleague.userId);
  const wider = { userId: colleague.userId, role: "region", scope: { kind: "subtree", sorId: "x" } };
  const system = createContext(db, { kind: "system", job: "test" }, now);
  await grantRole(system, { ...wider, validFrom: now, validTo: null } as never);
  await expect(invitePasswordReset(admin.ctx, colleague.userId)).rejects.toMatchObject(refused);
  await expect(deactivateUser(admin.ctx, colleague.userId)).rejects.toMatchObject(refused);
});

test("one's own password is changed with the old one, and the other sessions end", async () => {
  const { db, authority } = await aWorldOfVendors(now);
  await setPassword(db, authority.userId);
  const logIn = async (text: string) => {
    const answer = await signIn(auth(db), { username: "authority", password: text }, from, now);
    if (answer.outcome !== "signed-in") throw new Error(answer.outcome);
    return new Headers({ cookie: answer.cookies.map(({ name, value }) => `${name}=${value}`).join("; ") });
  };
  const [mine, other] = [await logIn(password), await logIn(password)];
  const session = await findSession(auth(db), mine, now);
  if (!session) throw new Error("the session stands");
  const at = { auth: auth(db), session, ...from };
  const wrong = { oldPassword: "not the password", newPassword: "en helt anden sætning" };
  await expect(changePassword(authority.ctx, wrong, at)).rejects.toMatchObject({
    details: { field: "oldPassword", fault: "wrong" },
  });
  const weak = { oldPassword: password, newPassword: "authority" };
  await expect(changePassword(authority.ctx, weak, at)).rejects.toMatchObject({
    details: { field: "newPassword", fault: "too-short" },
  });
  await changePassword(authority.ctx, { ...wrong, oldPassword: password }, at);
  expect(await findSession(auth(db), mine, now)).toBeDefined();
  expect(await findSession(auth(db), other, now)).toBeUndefined();
  await logIn("en helt anden sætning");
  expect((await listJournal(db, { limit: 3 })).map((entry) => entry.action)).toContain("password.change");
});

test("wrong old passwords count as failed logins", async () => {
  const { db, authority } = await aWorldOfVendors(now);
  await setPassword(db, authority.userId);
  const session = { id: newId(), username: "authority", expiresAt: later(1), credentialVersion: 0 };
  const at = { auth: auth(db), session: { ...session, actor: authority.ctx.actor as never }, ...from };
  const guess = (oldPassword: string) =>
    changePassword(authority.ctx, { oldPassword, newPassword: "en helt anden sætning" }, at);
  await expect(guess("guess")).rejects.toMatchObject({ code: "invalid" });
  const source = { username: "authority", address: from.address };
  while (!(await claimAttempt(db, source, now)));
  await expect(guess(password)).rejects.toMatchObject({ code: "too-many" });
});

test("the last administrator can be neither deactivated nor stripped, not even by two concurrent changes", async () => {
  const { db, authority } = await aWorldOfVendors(now);
  await expect(deactivateUser(authority.ctx, authority.userId)).rejects.toMatchObject({ code: "conflict" });
  const [held] = await loadGrants(db, authority.userId, now);
  await expect(revokeGrant(authority.ctx, held?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
  const second = await aUser(db, "second", { role: "authority", scope: all }, now);
  const [one, two] = [authority, second];
  for (let round = 0; round < 10; round += 1) {
    const both = await Promise.allSettled([
      deactivateUser(one.ctx, two.userId),
      deactivateUser(two.ctx, one.userId),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const [refusal] = both.filter((one) => one.status === "rejected");
    expect(refusal?.reason).toMatchObject({ details: { rule: "last-administrator" } });
    const system = createContext(db, { kind: "system", job: "test" }, now);
    for (const { userId } of [one, two]) await reactivateUser(system, userId);
  }
});

test("users deactivated by the authority are reactivated by it only, those deactivated by their vendor by either", async () => {
  const { db, ours, inOurs, authority, admin } = await aWorldOfVendors(now);
  const bo = await aUser(db, "bo.b", { role: "reader", scope: inOurs, supplierId: ours });
  const state = async () => (await getUser(authority.ctx, bo.userId)).deactivatedBy;
  await deactivateUser(authority.ctx, bo.userId);
  expect(await state()).toBe("authority");
  await expect(reactivateUser(admin.ctx, bo.userId)).rejects.toMatchObject(refused);
  expect(await lastEntry(admin.ctx)).toMatchObject({ outcome: "refused", subjectId: bo.userId });
  await reactivateUser(authority.ctx, bo.userId);
  await deactivateUser(admin.ctx, bo.userId);
  expect(await state()).toBe("vendor");
  await reactivateUser(admin.ctx, bo.userId);
  expect(await state()).toBeNull();
});

test.each<[string, Partial<NewGrant>]>([
  ["the register authority's", { role: "authority", scope: { kind: "all" } }],
  ["a region's", { role: "region", scope: { kind: "subtree", sorId: "x" } as never }],
  ["a reader's of everything", { role: "reader", scope: { kind: "all" } }],
  ["an editor's of another vendor", { role: "vendor-editor", scope: "theirs" as never }],
])(
  "an administrator of a vendor cannot give %s role to anybody, neither their own user nor themselves",
  async (_, given) => {
    const { db, ours, inOurs, inTheirs, admin } = await aWorldOfVendors(now);
    const bo = await aUser(db, "bo.b", { role: "reader", scope: inOurs, supplierId: ours });
    const scope = (given.scope as unknown) === "theirs" ? inTheirs : given.scope;
    for (const userId of [bo.userId, admin.userId]) {
      const wanted = { ...given, scope, userId, validFrom: now, validTo: null } as NewGrant;
      await expect(grantRole(admin.ctx, wanted)).rejects.toMatchObject(refused);
      const refusal = { action: "role.grant", outcome: "refused", subjectId: userId, actorId: admin.userId };
      expect(await lastEntry(admin.ctx)).toMatchObject(refusal);
      expect(await loadGrants(db, userId, now)).toHaveLength(1);
    }
    expect(await db.$count(grantRequests)).toBe(0);
  },
);

test("nobody gives themselves a role or a password reset link, whatever their roles", async () => {
  const { db, ours, inOurs, authority, admin } = await aWorldOfVendors(now);
  for (const { ctx, userId } of [authority, admin]) {
    const wanted = { userId, role: "reader", scope: { kind: "all" }, validFrom: now, validTo: null } as const;
    await expect(grantRole(ctx, wanted)).rejects.toMatchObject(refused);
    await expect(grantRole(ctx, { ...wanted, scope: inOurs as never })).rejects.toMatchObject(refused);
    await expect(invitePasswordReset(ctx, userId)).rejects.toMatchObject({
      details: { fault: "own-account" },
    });
    expect(await loadGrants(db, userId, now)).toHaveLength(1);
  }
  const bo = await aUser(db, "bo.b", { role: "reader", scope: inOurs, supplierId: ours });
  const scope = inOurs as never;
  const given = { userId: bo.userId, role: "vendor-editor", scope, validFrom: now, validTo: null } as const;
  expect(await grantRole(admin.ctx, given)).toHaveProperty("grantId");
});

test("a revoked grant gives no rights, and the journal records what it was", async () => {
  const { db, ours, inOurs, admin } = await aWorldOfVendors(now);
  const bo = await aUser(db, "bo.b", { role: "reader", scope: inOurs, supplierId: ours });
  const grant = { userId: bo.userId, role: "vendor-editor", scope: inOurs, validFrom: now, validTo: null };
  const given = await grantRole(admin.ctx, grant as never);
  expect(await loadGrants(db, bo.userId, now)).toHaveLength(2);
  await revokeGrant(admin.ctx, "grantId" in given ? given.grantId : "");
  expect(await loadGrants(db, bo.userId, now)).toMatchObject([{ role: "reader" }]);
  expect(await lastEntry(admin.ctx)).toMatchObject({
    subjectId: bo.userId,
    before: { role: "vendor-editor", scope: inOurs, validTo: null },
    after: { validTo: now.toISOString() },
  });
});
