import { expect, test } from "vitest";
import type { Context } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import type { GrantScope } from "../permissions/index.ts";
import { aUser, aWorldOfVendors, testDatabase } from "../testing/index.ts";
import { acceptInvitation, getOpenInvitation } from "./accept-invitation.ts";
import { createAuth, hashOfPassword } from "./auth.ts";
import { inviteFirstAdministrator } from "./invite-first-administrator.ts";
import { invitePasswordReset, inviteUser } from "./invite-user.ts";
import { listInvitations } from "./list-users.ts";
import { loadGrants } from "./load-user.ts";
import { NewInvitation } from "./schemas.ts";
import { findSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { users } from "./tables.ts";
import { withdrawInvitation } from "./withdraw-invitation.ts";

const now = new Date();
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const password = "en lang sætning til test";
const all: GrantScope = { kind: "all" };
const auth = (db: Database) =>
  createAuth(db, { baseUrl: "http://127.0.0.1:3000", secret: "0123456789abcdef0123456789abcdef" });
const from = { headers: new Headers(), address: "192.0.2.1" };

const lastEntry = async (ctx: Context) => (await listJournal(ctx.db, { limit: 1 }))[0];
const refused = { code: "not-allowed" };

const invitation = (over: Partial<NewInvitation>): NewInvitation => ({
  username: "bo.berg",
  name: "Bo Berg",
  email: "bo@example.org",
  supplierId: null,
  role: "reader",
  scope: all as { kind: "all" },
  ...over,
});

test("a rejected password leaves the invitation open", async () => {
  const { db, authority } = await aWorldOfVendors(now);
  const { token } = await inviteUser(authority.ctx, invitation({ username: "bo.bergbo.berg" }));
  await expect(acceptInvitation(db, { token, password: "Bo.BergBo.Berg" }, now)).rejects.toMatchObject({
    code: "invalid",
    details: { field: "password", fault: "is-user-name" },
  });
  const weak = { token, password: "Et.Andet.Navn", username: "et.andet.navn" };
  await expect(acceptInvitation(db, weak, now)).rejects.toMatchObject({ details: { fault: "is-user-name" } });
  expect(await acceptInvitation(db, { token, password }, now)).toMatchObject({ username: "bo.bergbo.berg" });
});

test("an invitation creates an account once, with its role, and the link itself is not stored", async () => {
  const { db, ours, inOurs, admin } = await aWorldOfVendors(now);
  const wanted = invitation({ supplierId: ours, role: "vendor-editor", scope: inOurs as never });
  const { token, expiresAt } = await inviteUser(admin.ctx, wanted);
  expect(expiresAt).toEqual(later(7));
  expect(await getOpenInvitation(db, token, now)).toMatchObject({ purpose: "account", username: "bo.berg" });
  const { userId } = await acceptInvitation(db, { token, password }, now);
  expect(await loadGrants(db, userId, now)).toMatchObject([{ role: "vendor-editor", scope: inOurs }]);
  await expect(acceptInvitation(db, { token, password }, now)).rejects.toMatchObject({
    code: "gone",
    details: { why: "used" },
  });
  expect(await signIn(auth(db), { username: "BO.BERG", password }, from, now)).toMatchObject({
    outcome: "signed-in",
    actor: { supplierId: ours },
  });
  const written = JSON.stringify(await listJournal(db, { limit: 100 }));
  for (const text of [token, password, "bo@example.org", "scrypt"]) expect(written).not.toContain(text);
  expect(written).toContain("user.create");
});

test("two concurrent uses of one link give one account, or one new password, and the other is told that it is used", async () => {
  const { db, authority, admin } = await aWorldOfVendors(now);
  const [one, two] = ["en lang sætning til test", "en helt anden sætning"];
  const both = async (token: string) => {
    const answers = await Promise.allSettled(
      [one, two].map((text) => acceptInvitation(db, { token, password: text }, now)),
    );
    const [refusal] = answers.filter((answer) => answer.status === "rejected");
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(refusal?.reason).toMatchObject({ code: "gone", details: { why: "used" } });
  };
  await both((await inviteUser(authority.ctx, invitation({}))).token);
  expect((await db.select().from(users)).filter((user) => user.username === "bo.berg")).toHaveLength(1);
  await both((await invitePasswordReset(authority.ctx, admin.userId)).token);
  const logins = await Promise.all(
    [one, two].map((text) => signIn(auth(db), { username: "admin", password: text }, from, now)),
  );
  expect(logins.map(({ outcome }) => outcome).toSorted()).toEqual(["signed-in", "wrong"]);
  const used = (await listJournal(db, { limit: 20 })).filter(({ after }) => "invitation" in Object(after));
  expect(used).toHaveLength(2);
});

test("an expired, withdrawn or unknown link opens nothing", async () => {
  const { db, authority } = await aWorldOfVendors(now);
  const first = await inviteUser(authority.ctx, invitation({}));
  await expect(acceptInvitation(db, { token: first.token, password }, later(7))).rejects.toMatchObject({
    details: { why: "expired" },
  });
  await withdrawInvitation(authority.ctx, first.id);
  await expect(acceptInvitation(db, { token: first.token, password }, now)).rejects.toMatchObject({
    details: { why: "withdrawn" },
  });
  await expect(getOpenInvitation(db, "x".repeat(43), now)).rejects.toMatchObject({ code: "not-found" });
});

test("a user name is unique; the second user chooses another with the same link", async () => {
  const { db, authority } = await aWorldOfVendors(now);
  await expect(inviteUser(authority.ctx, invitation({ username: "admin" }))).rejects.toMatchObject({
    code: "conflict",
  });
  const [one, two] = await Promise.all([1, 2].map(() => inviteUser(authority.ctx, invitation({}))));
  await acceptInvitation(db, { token: one?.token ?? "", password }, now);
  const late = { token: two?.token ?? "", password };
  await expect(acceptInvitation(db, late, now)).rejects.toMatchObject({
    code: "conflict",
    details: { field: "username" },
  });
  expect(await acceptInvitation(db, { ...late, username: "bo.berg2" }, now)).toMatchObject({
    username: "bo.berg2",
  });
});

test("an administrator learns no user name of another vendor, and a link cannot be used to probe names", async () => {
  const { db, ours, inOurs, admin } = await aWorldOfVendors(now);
  const wanted = { supplierId: ours, role: "vendor-editor" as const, scope: inOurs as never };
  await expect(inviteUser(admin.ctx, invitation({ ...wanted, username: "admin" }))).rejects.toMatchObject({
    code: "conflict",
  });
  const { token } = await inviteUser(admin.ctx, invitation({ ...wanted, username: "stranger" }));
  const attempt = (at = now) => acceptInvitation(db, { token, password }, at);
  for (let n = 0; n < 10; n += 1) await expect(attempt()).rejects.toMatchObject({ code: "conflict" });
  await expect(attempt()).rejects.toMatchObject({ code: "too-many" });
  await expect(attempt(later(0.9))).rejects.toMatchObject({ code: "too-many" });
});

test("an administrator of a vendor invites into that vendor only, with its roles only; refusals are journalled", async () => {
  const { ours, theirs, inOurs, inTheirs, admin } = await aWorldOfVendors(now);
  const attempts: Partial<NewInvitation>[] = [
    { supplierId: theirs, role: "vendor-editor", scope: inTheirs as never },
    { supplierId: ours, role: "vendor-editor", scope: inTheirs as never },
    { supplierId: theirs, role: "vendor-editor", scope: inOurs as never },
    { supplierId: null, role: "vendor-editor", scope: inOurs as never },
    { supplierId: ours, role: "authority", scope: all as never },
    { supplierId: ours, role: "region", scope: { kind: "subtree", sorId: "x" } as never },
    { supplierId: ours, role: "reader", scope: all as never },
    { supplierId: ours, role: "vendor-editor", scope: { kind: "locations", glns: ["1"] } as never },
  ];
  for (const attempt of attempts) {
    await expect(inviteUser(admin.ctx, invitation(attempt))).rejects.toMatchObject(refused);
    expect(await lastEntry(admin.ctx)).toMatchObject({
      action: "user.invite",
      outcome: "refused",
      actorId: admin.userId,
    });
  }
  expect(await listInvitations(admin.ctx, { supplierId: ours })).toEqual([]);
});

test("a password reset link works once, ends the sessions and replaces the old password", async () => {
  const { db, ours, inOurs, admin } = await aWorldOfVendors(now);
  const bo = await aUser(db, "bo.b", {
    role: "vendor-editor",
    scope: inOurs,
    supplierId: ours,
    passwordHash: await hashOfPassword(password),
  });
  const before = await signIn(auth(db), { username: "bo.b", password }, from, now);
  if (before.outcome !== "signed-in") throw new Error(before.outcome);
  const older = await invitePasswordReset(admin.ctx, bo.userId);
  const { token } = await invitePasswordReset(admin.ctx, bo.userId);
  const fresh = "en helt anden sætning";
  await expect(acceptInvitation(db, { token: older.token, password: fresh }, now)).rejects.toMatchObject({
    details: { why: "withdrawn" },
  });
  await acceptInvitation(db, { token, password: fresh }, now);
  const cookie = before.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  expect(await findSession(auth(db), new Headers({ cookie }), now)).toBeUndefined();
  expect(await signIn(auth(db), { username: "bo.b", password }, from, now)).toEqual({ outcome: "wrong" });
  const after = await signIn(auth(db), { username: "bo.b", password: fresh }, from, now);
  expect(after).toMatchObject({ outcome: "signed-in", actor: { grants: [{ role: "vendor-editor" }] } });
});

test("the first administrator is invited once, and again only on request", async () => {
  const db = await testDatabase();
  const { token } = await inviteFirstAdministrator(db, { username: "Chef" }, now);
  const { userId, username } = await acceptInvitation(db, { token, password }, now);
  expect(username).toBe("chef");
  expect(await loadGrants(db, userId, now)).toMatchObject([{ role: "authority", scope: all }]);
  await expect(inviteFirstAdministrator(db, { username: "two" }, now)).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await inviteFirstAdministrator(db, { username: "two", again: true }, now)).toBeDefined();
});

test.each<[string, Partial<Record<keyof NewInvitation, unknown>>]>([
  ["a user name with SQL", { username: "'; drop table users; --" }],
  ["a user name of two letters", { username: "bo" }],
  ["a name with a control character", { name: "Bo\u0000Berg" }],
  ["an address that is none", { email: "bo" }],
  ["a supplier that is no id", { supplierId: "1 or 1=1" }],
  ["an authority within a vendor", { role: "authority", scope: { kind: "supplier", supplierId: newId() } }],
  ["an editor of everything", { role: "vendor-editor", scope: all }],
  [
    "a location number with a wrong check digit",
    {
      role: "vendor-editor",
      scope: { kind: "locations", glns: ["5790000123118"] },
    },
  ],
])("an invitation with %s is refused", (_name, over) => {
  expect(NewInvitation.safeParse({ ...invitation({}), ...over }).success).toBe(false);
  expect(NewInvitation.safeParse(invitation({})).success).toBe(true);
});
